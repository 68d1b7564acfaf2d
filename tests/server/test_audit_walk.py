"""
What changes something by REST leaves an event in the audit log, or is named here with why not.

A new address that is in neither table fails. Pages call the same services.
"""

from __future__ import annotations

import re

import django
import pytest
from django.apps import apps
from django.db import transaction

if not apps.ready:
    django.setup()

from tests.server.api.cast import Caller, alive, git_source, published, result_of
from tests.server.schedules.cast import nightly, scheduled
from tests.server.walk import INVENTORY, METHODS, World, places

from jobyard_server.access.models import AuditEvent, User
from jobyard_server.registry.history_models import HeldPush
from jobyard_server.registry.models import Revision

pytestmark = pytest.mark.django_db
LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOzpPpRLcZLQMFxLqVlvAOgPD0uDLcLsF8sqk2cpnT1P"
FIRST, SECOND = "a" * 40, "b" * 40
OTHER = {"username": "other", "password": "correct-horse-battery"}
REPOSITORY = {"name": "New", "slug": "new", "remote_url": "https://git.example.com/new", "branch": "main"}
GRANT = {"name": "New", "object_types": ["extras.job"], "actions": ["view"]}
GIT, HOOKS, LATER = "git-repositories/{git}/", "webhooks/{hook}/", "scheduled-jobs/{later}/"

#: Method, address below ``/api/``, body, and the action that the log must tell.
TOLD = [
    ("POST", "extras/git-repositories/", REPOSITORY, "created"),
    ("PATCH", f"extras/{GIT}", {"branch": "other"}, "changed"),
    ("DELETE", f"extras/{GIT}", None, "deleted"),
    ("POST", f"extras/{GIT}sync/", None, "sync"),
    ("POST", f"extras/{GIT}rollback/", {"revision": FIRST, "reason": "x"}, "rollback"),
    ("POST", f"extras/{GIT}pin/", {"revision": FIRST}, "changed"),
    ("POST", f"extras/{GIT}confirm/", {"commit": FIRST}, "confirmed"),
    ("POST", f"extras/{GIT}webhooks/", None, "created"),
    ("PATCH", f"extras/{HOOKS}", {"enabled": False}, "changed"),
    ("DELETE", f"extras/{HOOKS}", None, "deleted"),
    ("POST", f"extras/{HOOKS}rotate/", None, "changed"),
    ("POST", "extras/host-keys/", {"host": "new.example.com", "key": LINE}, "confirmed"),
    ("DELETE", "extras/host-keys/{host_key}/", None, "deleted"),
    ("POST", "extras/host-keys/{host_key}/confirm/", None, "confirmed"),
    ("POST", "extras/trusted-keys/", {"principal": "b@example.com", "key": LINE}, "created"),
    ("POST", "extras/trusted-keys/{trusted_key}/revoke/", None, "changed"),
    ("POST", "extras/jobs/{job}/run/", None, "run"),
    ("POST", "extras/jobs/local/walk/Open/run/", None, "run"),
    ("PATCH", "extras/jobs/{job}/", {"enabled": False}, "changed"),
    ("PATCH", "extras/jobs/", [{"id": "{job}", "enabled": False}], "changed"),
    ("DELETE", "extras/jobs/{gone}/", None, "deleted"),
    ("DELETE", "extras/jobs/", [{"id": "{gone}"}], "deleted"),
    ("POST", "extras/jobs/{job}/refresh/", None, "sync"),
    ("POST", "extras/job-results/{active}/cancel/", None, "cancelled"),
    ("DELETE", "extras/job-results/{result}/", None, "deleted"),
    ("DELETE", "extras/job-results/", [{"id": "{result}"}], "deleted"),
    ("PATCH", f"extras/{LATER}", {"enabled": False}, "changed"),
    ("DELETE", f"extras/{LATER}", None, "deleted"),
    ("POST", "extras/scheduled-jobs/{asked}/approve/?force=true", None, "approved"),
    ("POST", "extras/scheduled-jobs/{asked}/deny/", None, "denied"),
    ("POST", "extras/scheduled-jobs/{asked}/dry-run/", None, "run"),
    ("POST", "users/users/", OTHER, "created"),
    ("PATCH", "users/users/{user}/", {"first_name": "x"}, "changed"),
    ("DELETE", "users/users/{user}/", None, "deleted"),
    ("PATCH", "users/users/", [{"id": "{user}", "first_name": "x"}], "changed"),
    ("DELETE", "users/users/", [{"id": "{user}"}], "deleted"),
    ("POST", "users/groups/", {"name": "new"}, "created"),
    ("PATCH", "users/groups/{group}/", {"name": "x"}, "changed"),
    ("DELETE", "users/groups/{group}/", None, "deleted"),
    ("PATCH", "users/groups/", [{"id": "{group}", "name": "x"}], "changed"),
    ("DELETE", "users/groups/", [{"id": "{group}"}], "deleted"),
    ("POST", "users/permissions/", GRANT, "created"),
    ("PATCH", "users/permissions/{permission}/", {"enabled": False}, "changed"),
    ("DELETE", "users/permissions/{permission}/", None, "deleted"),
    ("PATCH", "users/permissions/", [{"id": "{permission}", "enabled": False}], "changed"),
    ("DELETE", "users/permissions/", [{"id": "{permission}"}], "deleted"),
    ("POST", "users/tokens/", {"description": "x"}, "created"),
    ("PATCH", "users/tokens/{token}/", {"enabled": False}, "changed"),
    ("DELETE", "users/tokens/{token}/", None, "deleted"),
    ("PATCH", "users/tokens/", [{"id": "{token}", "enabled": False}], "changed"),
    ("DELETE", "users/tokens/", [{"id": "{token}"}], "deleted"),
]  # fmt: skip

#: Address as the resolver spells it, and why its changes are not there.
WHY_NONE = {
    "api/^(?P<rest>.*)$": "there is nothing",
    "api/docs/": "it leads to the log-in page",
    "api/extras/job-presets/": "what people remember for themselves changes nothing for others",
    "api/extras/job-presets/<uuid:pk>/": "see above",
    "api/extras/jobs/<uuid:pk>/favourite/": "see above",
    "api/extras/webhooks/<uuid:pk>/test/": "it calls the hook as a forge would; the delivery is listed",
    "api/extras/git-repositories/<uuid:pk>/unpin/": "told as pin is; needs one that is pinned",
    "api/extras/sources/local/pin/": "registry.folder_decisions tells it; needs files that are kept",
    "api/extras/sources/local/rollback/": "see above",
    "api/extras/sources/local/unpin/": "see above",
    "api/extras/job-results/<uuid:pk>/again/": "runs.submit tells it, as every run",
    "api/extras/job-results/<uuid:pk>/apply/": "runs.submit tells it, as every run",
    "api/dcim/sites/": "rows of the inventory are in the change log, written by triggers",
    "api/dcim/sites/<uuid:pk>/": "see above",
}
ALIAS = "api/extras/^jobs/"  #: Another spelling of class paths, answered by the same classes.


class Rows:
    """What the addresses above name."""

    def __init__(self) -> None:
        self.world = World()
        self.admin = Caller(User.objects.get(username="admin"))
        source = git_source("netops")
        published("one", "One", of=source, at=FIRST)
        published("two", "Two", of=source, at=SECOND)
        first = Revision.objects.get(identifier=FIRST)
        HeldPush.objects.create(source=source, revision=first, removed=["git.netops/two/Two"], job_count=3)
        job, bob = self.world.job, User.objects.create(username="bob", is_superuser=True)
        request = nightly(of=git_source("later"), approval_required=True)
        alive("scheduler")
        self.names = {
            "git": source.git_repository.pk,
            "job": job.pk,
            "gone": source.modules.get(name="one").jobs.get().pk,
            "result": self.world.result.pk,
            "active": result_of(job, "running").pk,
            "asked": scheduled(request, bob, "future").pk,
            "user": self.world.people["nobody"].pk,
            "group": self.world.pks["groups"],
            "token": self.world.pks["tokens"],
        }
        self.names["later"] = self.names["asked"]
        self.names["hook"] = self._made("extras/git-repositories/{git}/webhooks/", None)
        self.names["permission"] = self._made("users/permissions/", {**GRANT, "name": "Given"})
        self.names["host_key"] = self._made("extras/host-keys/", {"host": "git.example.com", "key": LINE})
        self.names["trusted_key"] = self._made(
            "extras/trusted-keys/", {"principal": "a@example.com", "key": LINE.replace("cpnT1P", "cpnT2P")}
        )

    def _made(self, address: str, body: object) -> object:
        return self.ask("POST", address, body).json()["id"]

    def ask(self, method: str, address: str, body: object):
        def named(value: object) -> object:
            if isinstance(value, str) and value.startswith("{"):
                return str(self.names[value[1:-1]])
            return value

        if isinstance(body, list):
            body = [{name: named(value) for name, value in row.items()} for row in body]
        place = "/api/" + address.format(**self.names)
        return getattr(self.admin, method.lower())(place, body, format="json")


@pytest.fixture
def rows(settings):
    settings.JOBYARD = {**settings.JOBYARD, "API_RATE": 0, "LEASE_SECONDS": 3600.0}
    return Rows()


def test_whatever_changes_something_leaves_an_event_that_says_who(rows):
    wrong = []
    for method, address, body, action in TOLD:
        before = AuditEvent.objects.count()
        with transaction.atomic():
            answer = rows.ask(method, address, body)
            told = AuditEvent.objects.all()[: AuditEvent.objects.count() - before]
            found = {(event.action, event.username, event.via) for event in told}
            transaction.set_rollback(True)
        if answer.status_code >= 300 or (action, "admin", "api") not in found:
            wrong.append((method, address, answer.status_code, answer.content[:200], found))
    assert wrong == []


def test_no_address_is_forgotten(rows):
    told = {(method, _spelled(address)) for method, address, _, _ in TOLD}
    there = set()
    for place in places():
        if not place.is_api or place.list_pattern in INVENTORY or place.pattern.startswith(ALIAS):
            continue
        there |= {
            (method, place.pattern)
            for method in METHODS[1:]
            if rows.world.ask(place, method, "admin") != "405" and place.pattern not in WHY_NONE
        }

    assert {(method, _numbered(pattern)) for method, pattern in there} - told == set()


def _spelled(address: str) -> str:
    plain = address.partition("?")[0].replace("local/walk/Open", "<str:source>/<str:module>/<str:job_class>")
    return "api/" + re.sub(r"\{\w+\}", "<uuid:pk>", plain)


def _numbered(pattern: str) -> str:
    return pattern.replace("<int:pk>", "<uuid:pk>")
