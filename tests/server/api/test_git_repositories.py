"""Git repositories: jobs-behaviour §18.1 and §18.2."""

from __future__ import annotations

import re
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.server.api.cast import alive, caller, git_source, published

from jobyard_server.access.secrets import decrypt
from jobyard_server.api.git_repositories.fields import RepositoryFields
from jobyard_server.registry.models import GitRepository, Job, Source
from jobyard_server.registry.places import mirror_place, mirrors_folder
from jobyard_server.registry.requests import request_sync
from jobyard_server.runs.models import JobResult

pytestmark = pytest.mark.django_db

REPOSITORIES = "/api/extras/git-repositories/"
NETOPS = {"name": "Net Ops", "remote_url": "https://git.example.com/netops.git"}
CANARY = "glpat-canary-0123456789"


@pytest.fixture
def repository(db):
    return git_source("netops").git_repository


@pytest.fixture
def daemon(db):
    return alive("sync")


def test_a_repository_is_added_and_its_first_sync_asked_for(alice):
    answer = alice.post(REPOSITORIES, NETOPS)

    stored = GitRepository.objects.get()
    shown = answer.json()
    assert answer.status_code == 201
    assert shown["id"] == str(stored.pk)
    assert shown["url"] == f"http://testserver{REPOSITORIES}{stored.pk}/"
    assert (shown["name"], shown["slug"], shown["branch"]) == ("Net Ops", "net-ops", "main")
    assert shown["display"] == "Net Ops"
    assert shown["provided_contents"] == ["extras.job"]
    assert (shown["current_head"], shown["token"], shown["secrets_group"]) == ("", None, None)
    assert (shown["sync_status"], shown["last_synced"], shown["sync_error"]) == ("pending", None, None)
    assert (shown["custom_fields"], shown["username"]) == ({}, "")
    assert JobResult.objects.get().user == alice.user


def test_all_that_can_be_set(alice):
    sent = {
        **NETOPS,
        "slug": "netops",
        "branch": "release",
        "username": "robot",
        "token": CANARY,
        "provided_contents": ["extras.job", "extras.configcontext"],
    }

    shown = alice.post(REPOSITORIES, sent).json()

    assert {name: shown[name] for name in sent} == {**sent, "token": "********"}
    assert decrypt(GitRepository.objects.get().token_encrypted) == CANARY


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"remote_url": NETOPS["remote_url"]}, "name"),
        ({"name": "x"}, "remote_url"),
        ({**NETOPS, "name": ""}, "name"),
        ({**NETOPS, "name": "x" * 101}, "name"),
        ({**NETOPS, "name": "a\x00b"}, "name"),
        ({**NETOPS, "name": ["x"]}, "name"),
        ({**NETOPS, "name": "netops2", "slug": "netops"}, "slug"),
        ({**NETOPS, "name": "Netops"}, "name"),
        ({**NETOPS, "slug": "net.ops"}, "slug"),
        ({**NETOPS, "slug": "../../x"}, "slug"),
        ({**NETOPS, "remote_url": "file:///etc"}, "remote_url"),
        ({**NETOPS, "remote_url": "ext::sh -c id"}, "remote_url"),
        ({**NETOPS, "remote_url": "--upload-pack=id"}, "remote_url"),
        ({**NETOPS, "remote_url": f"https://bob:{CANARY}@git.example.com/x"}, "remote_url"),
        ({**NETOPS, "remote_url": 7.5}, "remote_url"),
        ({**NETOPS, "branch": "--x"}, "branch"),
        ({**NETOPS, "branch": ""}, "branch"),
        ({**NETOPS, "branch": None}, "branch"),
        ({**NETOPS, "provided_contents": ["extras.secret"]}, "provided_contents"),
        ({**NETOPS, "provided_contents": "extras.job"}, "provided_contents"),
        ({**NETOPS, "provided_contents": [{}]}, "provided_contents"),
        ({**NETOPS, "token": {}}, "token"),
        ([], "non_field_errors"),
    ],
)
@pytest.mark.usefixtures("repository")
def test_what_is_wrong_is_told_by_field_and_nothing_is_added(alice, sent, field):
    answer = alice.post(REPOSITORIES, sent)

    assert answer.status_code == 400
    assert field in answer.json()
    assert CANARY not in answer.content.decode()
    assert GitRepository.objects.count() == 1


def test_a_token_is_never_given_out(alice):
    made = alice.post(REPOSITORIES, {**NETOPS, "token": CANARY})
    address = made.json()["url"]

    answers = [
        made,
        alice.get(REPOSITORIES),
        alice.get(address),
        alice.patch(address, {"branch": "x"}),
        alice.patch(address, {"branch": "--"}),
        alice.get("/api/extras/job-results/"),
    ]

    stored = GitRepository.objects.get()
    assert not [answer for answer in answers if CANARY in answer.content.decode()]
    assert not [answer for answer in answers if stored.token_encrypted in answer.content.decode()]


@pytest.mark.parametrize("again", [{"token": "********"}, {"token": None}, {}])
def test_what_a_client_got_may_be_sent_back_and_keeps_the_token(alice, again):
    address = alice.post(REPOSITORIES, {**NETOPS, "token": CANARY}).json()["url"]
    shown = alice.get(address).json()
    del shown["token"]

    answer = alice.put(address, {**shown, **again, "branch": "release"})

    stored = GitRepository.objects.get()
    assert (answer.status_code, answer.json()["branch"]) == (200, "release")
    assert decrypt(stored.token_encrypted) == CANARY


def test_an_empty_token_removes_it(alice):
    address = alice.post(REPOSITORIES, {**NETOPS, "token": CANARY}).json()["url"]

    assert alice.patch(address, {"token": ""}).json()["token"] is None
    assert GitRepository.objects.get().token_encrypted == ""


@pytest.mark.parametrize("token", [{}, {"token": "********"}, {"token": None}])
def test_a_token_does_not_follow_to_another_host(alice, token):
    address = alice.post(REPOSITORIES, {**NETOPS, "token": CANARY}).json()["url"]

    answer = alice.patch(address, {"remote_url": "https://evil.example.org/netops.git", **token})

    assert answer.json()["token"] is None
    assert GitRepository.objects.get().token_encrypted == ""


def test_a_change_asks_for_a_sync(alice, repository):
    answer = alice.patch(f"{REPOSITORIES}{repository.pk}/", {"branch": "release"})

    assert (answer.status_code, answer.json()["branch"]) == (200, "release")
    assert answer.json()["sync_status"] == "pending"
    assert JobResult.objects.get().source_model == repository.source


@pytest.mark.parametrize("method", ["put", "patch"])
def test_what_jobyard_finds_out_cannot_be_written(alice, repository, method):
    """PM-09, CR-01: only what people configure is writable."""
    address = f"{REPOSITORIES}{repository.pk}/"
    before = alice.get(address).json()
    sent = {
        "id": str(uuid.uuid4()),
        "current_head": "f" * 40,
        "sync_status": "completed",
        "last_synced": "2000-01-01T00:00:00Z",
        "sync_error": "x",
        "token_encrypted": "x",
        "token_origin": "https://evil.example.org:443",
        "created": "2000-01-01T00:00:00Z",
        "source": None,
    }

    answer = getattr(alice, method)(
        address, {"name": before["name"], "remote_url": before["remote_url"], **sent}
    )

    stored = GitRepository.objects.get()
    ignored = {"last_updated": None, "sync_status": None}
    assert answer.status_code == 200
    assert {**answer.json(), **ignored} == {**before, **ignored}
    assert (stored.token_origin, stored.current_head) == ("", "")


def test_a_refused_change_changes_nothing(alice, repository):
    answer = alice.patch(f"{REPOSITORIES}{repository.pk}/", {"name": "Other", "slug": "a.b"})

    assert answer.status_code == 400
    assert GitRepository.objects.get().name == repository.name
    assert not JobResult.objects.exists()


def test_deleting_takes_the_jobs_out_of_service_and_keeps_them(alice, repository):
    job = published("devices", "CreateDevices", of=repository.source)

    answer = alice.delete(f"{REPOSITORIES}{repository.pk}/")

    assert answer.status_code == 204
    assert not GitRepository.objects.exists()
    assert not Job.objects.get(pk=job.pk).installed


@pytest.mark.parametrize(
    ("state", "status"),
    [("running", "running"), ("completed", "completed"), ("failed", "failed"), ("errored", "errored")],
)
def test_how_the_newest_sync_went(bob, repository, state, status):
    result = request_sync(repository.source)
    JobResult.objects.filter(pk=result.pk).update(status=state)
    Source.objects.update(
        error="the host cannot be found" if state == "errored" else "", last_synced=timezone.now()
    )

    shown = bob.get(f"{REPOSITORIES}{repository.pk}/").json()

    assert shown["sync_status"] == status
    assert shown["sync_error"] == ("the host cannot be found" if state == "errored" else None)
    assert shown["last_synced"]


def test_a_sync_in_progress_is_known_by_its_lease(bob, repository):
    request_sync(repository.source)
    Source.objects.update(lease_until=timezone.now() + timedelta(seconds=20))

    assert bob.get(f"{REPOSITORIES}{repository.pk}/").json()["sync_status"] == "running"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name=Netops", 1),
        ("slug=netops&slug=other", 1),
        ("q=GIT.EXAMPLE", 1),
        ("q=other", 0),
        ("branch=main", 1),
        ("remote_url=https://git.example.com/netops", 1),
        ("id=00000000-0000-0000-0000-000000000000", 0),
    ],
)
@pytest.mark.usefixtures("repository")
def test_filters(bob, query, found):
    assert bob.get(f"{REPOSITORIES}?{query}").json()["count"] == found


@pytest.mark.parametrize(
    "name", ["token", "token_encrypted", "token_origin", "token_encrypted__startswith", "username"]
)
def test_nothing_can_be_asked_about_credentials(alice, name):
    assert alice.get(REPOSITORIES, {name: "g"}).status_code == 400


class TestPermissions:
    @pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
    def test_reading_is_not_writing(self, bob, repository, method):
        address = REPOSITORIES if method == "post" else f"{REPOSITORIES}{repository.pk}/"

        assert getattr(bob, method)(address, NETOPS).status_code == 403
        assert GitRepository.objects.get().name == repository.name

    @pytest.mark.parametrize("path", ["", "{pk}/"])
    def test_reading_needs_view(self, charlie, repository, path):
        assert charlie.get(REPOSITORIES + path.format(pk=repository.pk)).status_code == 403

    @pytest.mark.parametrize(
        ("permission", "method"), [("add", "post"), ("change", "patch"), ("delete", "delete")]
    )
    def test_each_has_its_own(self, repository, permission, method):
        erin = caller("erin", f"{permission}_gitrepository")
        address = REPOSITORIES if method == "post" else f"{REPOSITORIES}{repository.pk}/"

        answers = {m: getattr(erin, m)(address, {}).status_code for m in ("post", "put", "patch", "delete")}

        allowed = {m for m, status in answers.items() if status not in (403, 405)}
        assert allowed == {"post": {"post"}, "patch": {"put", "patch"}, "delete": {"delete"}}[method]


class TestSync:
    @pytest.mark.parametrize("body", [None, {}, {"dry_run": False}])
    @pytest.mark.usefixtures("daemon")
    def test_a_sync_is_asked_for(self, alice, repository, body):
        answer = alice.post(f"{REPOSITORIES}{repository.pk}/sync/", body)

        stored = JobResult.objects.get()
        assert answer.status_code == 200
        assert answer.json()["message"] == "Repository Netops sync job added to queue."
        assert answer.json()["job_result"]["id"] == str(stored.pk)
        assert answer.json()["job_result"]["status"] == {"value": "pending", "label": "Pending"}
        assert (stored.source_model, stored.user) == (repository.source, alice.user)

    @pytest.mark.usefixtures("daemon")
    def test_requests_that_wait_are_one(self, alice, repository):
        first = alice.post(f"{REPOSITORIES}{repository.pk}/sync/").json()
        second = alice.post(f"{REPOSITORIES}{repository.pk}/sync/").json()

        assert first["job_result"]["id"] == second["job_result"]["id"]

    def test_change_is_the_only_permission_it_needs(self, repository):
        alive("sync")
        erin = caller("erin", "change_gitrepository")

        assert erin.post(f"{REPOSITORIES}{repository.pk}/sync/").status_code == 200

    def test_who_may_not(self, bob, repository):
        answer = bob.post(f"{REPOSITORIES}{repository.pk}/sync/")

        text = "This user does not have permission to make changes to Git repositories."
        assert (answer.status_code, answer.json()) == (403, {"detail": text})

    def test_an_unknown_repository(self, alice):
        answer = alice.post(f"{REPOSITORIES}{uuid.uuid4()}/sync/")

        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})

    def test_without_a_daemon(self, alice, repository):
        answer = alice.post(f"{REPOSITORIES}{repository.pk}/sync/")

        text = "Unable to process request: Celery worker process not running."
        assert (answer.status_code, answer.json()) == (503, {"detail": text})
        assert not JobResult.objects.exists()

    @pytest.mark.usefixtures("daemon")
    def test_a_dry_run_never_becomes_a_real_one(self, alice, repository):
        place = f"{REPOSITORIES}{repository.pk}/sync/"

        tried, synced, again = (alice.post(place, {"dry_run": wanted}) for wanted in (True, False, True))

        assert [answer.status_code for answer in (tried, synced, again)] == [200, 200, 200]
        ids = [answer.json()["job_result"]["id"] for answer in (tried, synced, again)]
        assert ids[0] == ids[2] != ids[1]
        assert JobResult.objects.get(pk=ids[0]).request == {"dry_run": True}
        assert alice.post(place, {"dry_run": "perhaps"}).status_code == 400

    @pytest.mark.usefixtures("daemon")
    def test_not_by_reading(self, alice, repository):
        assert alice.get(f"{REPOSITORIES}{repository.pk}/sync/").status_code == 405
        assert not JobResult.objects.exists()


# Rows F74 and F75 of the catalogue of faults

WRITABLE = {*RepositoryFields().fields}
FORGED = {bool: True, int: 7, list: ["forged"], dict: {"forged": True}, str: "f" * 40, type(None): "f" * 40}


@pytest.mark.parametrize("method", ["patch", "put"])
def test_f74_what_only_jobyard_writes_is_not_written_by_anybody_else(alice, method):
    repository = git_source("lab").git_repository
    address = f"/api/extras/git-repositories/{repository.pk}/"
    before = alice.get(address).json()
    needed = {"name": repository.name, "remote_url": repository.remote_url}
    forged = {name: FORGED[type(value)] for name, value in before.items() if name not in WRITABLE}
    hidden = {
        field.name: "f" * 40
        for field in GitRepository._meta.fields
        if field.name.endswith(("_encrypted", "_origin")) or not field.editable
    }

    answer = getattr(alice, method)(address, needed | hidden | forged, format="json")

    assert answer.status_code == 200
    after = answer.json()
    changing = {"last_updated", "sync_status"}
    assert {name: after[name] for name in forged if name not in changing} == {
        name: before[name] for name in forged if name not in changing
    }
    stored = GitRepository.objects.get()
    assert stored.pk == repository.pk
    assert "f" * 40 not in {str(getattr(stored, field.name)) for field in GitRepository._meta.fields}


@pytest.mark.parametrize(
    "name", ["../../x", "a\0b", "x" * 5000, ".", "..", "con", "<script>alert(1)</script>", "a/b", "\u202e"]
)
def test_f75_names_are_labels_and_never_places(alice, name):
    by_name = alice.post(REPOSITORIES, {**NETOPS, "name": name}, format="json")
    by_slug = alice.post(REPOSITORIES, {**NETOPS, "slug": name}, format="json")

    assert {by_name.status_code, by_slug.status_code} <= {201, 400}
    for row in GitRepository.objects.all():
        assert mirror_place(row) == mirrors_folder() / f"{row.pk}.git"
        assert re.fullmatch(r"[A-Za-z0-9_-]+", row.slug)
        assert row.source.key == f"git.{row.slug}"


def test_new_jobs_may_be_run_at_once_unless_the_repository_says_otherwise(alice, repository):
    place = f"{REPOSITORIES}{repository.pk}/"

    assert alice.get(place).json()["auto_enable"] is True
    assert alice.patch(place, {"auto_enable": False}).json()["auto_enable"] is False
    assert alice.patch(place, {"auto_enable": "perhaps"}).status_code == 400
