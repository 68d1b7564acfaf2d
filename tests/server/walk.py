"""Every address of the server, with real rows behind it, asked with every method by every kind of caller."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from typing import Any

from asgiref.sync import async_to_sync
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.server.api.cast import COMMIT, Caller, alive, git_source, put
from tests.server.grants import grant
from tests.server.walk_rows import make_rows, open_and_shut

from jobyard_server.access.models import ObjectPermission, User
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.links import endpoint_of
from jobyard_server.registry.models import Job
from jobyard_server.registry.sources import local_source
from jobyard_server.runs.models import JobResult

METHODS = ("GET", "POST", "PATCH", "DELETE")  #: PUT is PATCH with all fields; a test holds them together.
ROLES = ("anonymous", "nobody", "viewer", "runner", "reader", "admin")
SOME_ID = "00000000-0000-4000-8000-000000000000"
INVENTORY = frozenset(f"api/{endpoint_of(model)}/" for model in MODELS)
SAMPLE = frozenset({"api/dcim/sites/"})  #: Stands for all models that are alike.
PLACEHOLDERS = {
    "source": "local",
    "module": "walk",
    "job_class": "Open",
    "class_path": "local/walk/Open",
    "rest": "no/such/",
    "model": "dcim/sites",
    "app": "dcim",
    "plural": "sites",
    "kind": "txt",
    "slug": "walk",
}
#: Segments whose ids are those of another one.
SAME = {"pin": "rollback", "old": "revisions", "new": "revisions", "differences": "revisions"}


@dataclass(frozen=True)
class Place:
    """An address as the resolver spells it."""

    pattern: str

    @property
    def is_api(self) -> bool:
        return self.pattern.startswith("api/")

    @property
    def list_pattern(self) -> str:
        """Of the detail of a row: where it is listed."""
        return self.pattern.split("<", 1)[0]

    @property
    def is_repeated(self) -> bool:
        """Whether another model stands for this one in the table."""
        return self.list_pattern in INVENTORY - SAMPLE


def places() -> list[Place]:
    return sorted({Place(found) for found in _patterns(get_resolver())}, key=lambda place: place.pattern)


def _patterns(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        here = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, here)
        elif isinstance(entry, URLPattern):
            yield here


class World:
    """The people and the rows."""

    def __init__(self) -> None:
        alive("worker", ["default"])
        alive("sync")
        put(local_source(), *open_and_shut())
        self.job = Job.objects.select_related("module__source", "module__revision").get(job_class_name="Open")
        self.source = git_source("walk")
        self.people = {name: User.objects.create(username=name) for name in ("nobody", "viewer", "runner")}
        self.people["admin"] = User.objects.create(username="admin", is_superuser=True)
        self._grant()
        self.pks = make_rows(self.job, self.source, self.people["admin"], self.people["nobody"])
        self.result = JobResult.objects.get(pk=self.pks["results"])
        self.callers = self._callers()
        self.pages = {name: _browser(user) for name, user in self.people.items()}
        self.pages["anonymous"] = Client()

    def _grant(self) -> None:
        everything = ObjectPermission.objects.create(name="view everything", actions=["view"])
        everything.object_types.set(ContentType.objects.all())
        everything.users.add(self.people["viewer"])
        one = {"module_name": "walk", "job_class_name": "Open"}
        grant(self.people["runner"], "view_job", "run_job", constraints=one)
        grant(self.people["runner"], "view_jobresult", constraints={"user": "$user"})

    def _callers(self) -> dict[str, Caller]:
        found = {name: Caller(user) for name, user in self.people.items()}
        return {**found, "anonymous": Caller(), "reader": Caller(self.people["admin"], write_enabled=False)}

    def address(self, place: Place) -> str:
        """With an id that is there for each placeholder, found by the segment before it."""
        text = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", place.pattern)
        segments: list[str] = []
        for segment in re.sub(r"[\^$\\]", "", text).split("/"):
            found = re.fullmatch(r"(?P<before>[^<]*)<(?:(?P<kind>\w+):)?(?P<name>\w+)>(?P<after>.*)", segment)
            if found is None:
                segments.append(segment)
            else:
                value = self._value(found["name"], segments[-1] if segments else "")
                segments.append(f"{found['before']}{value}{found['after']}")
        return "/" + "/".join(segments).replace("local/local", "local").replace(
            "jobs/local/walk/walk/", "jobs/git/walk/walk/"
        )

    def _value(self, name: str, before: str) -> str:
        if name in PLACEHOLDERS:
            return PLACEHOLDERS[name]
        last = before.rpartition("/")[2]
        keys = (SAME.get(name, ""), SAME.get(last, ""), name.removesuffix("_pk") + "s", last)
        return str(next((self.pks[key] for key in keys if key in self.pks), SOME_ID))

    def ask(self, place: Place, method: str, role: str) -> str:
        """The status that *role* gets; whatever the request does is undone."""
        if not place.is_api and role == "reader":
            return "-"
        client: Any = self.callers[role] if place.is_api else self.pages[role]
        cookies = SimpleCookie({name: item.value for name, item in client.cookies.items()})
        with transaction.atomic():
            answer = getattr(client, method.lower())(self.address(place), **_body(place))
            content = content_of(answer)
            transaction.set_rollback(True)
        client.cookies = cookies  # whoever logged out is in again
        assert answer.status_code < 500 or answer.status_code == 503, (
            method,
            place,
            role,
            content[:300],
        )
        return str(answer.status_code)


def content_of(answer: Any) -> bytes:
    """All of it; reading a stream to its end closes it."""
    if not answer.streaming:
        return bytes(answer.content)
    if not answer.is_async:
        return b"".join(answer.streaming_content)

    async def read() -> bytes:
        return b"".join([piece async for piece in answer.streaming_content])

    return async_to_sync(read)()


def _body(place: Place) -> dict[str, Any]:
    return {"data": {}, "format": "json"} if place.is_api else {}


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def rows(ask: Callable[[Place, str, str], str]) -> Iterator[str]:
    """The lines of the table, in order."""
    width = max(len(place.pattern) for place in places() if not place.is_repeated)
    yield f"{'address':{width}} {'method':6} " + " ".join(f"{role:9}" for role in ROLES).rstrip()
    for place in places():
        if not place.is_repeated:
            for method in METHODS:
                if (most := ask(place, method, "admin")) == "405":
                    continue  # nobody may what there is not
                statuses = [*(ask(place, method, role) for role in ROLES[:-1]), most]
                columns = " ".join(f"{status:9}" for status in statuses)
                yield f"{place.pattern or '/':{width}} {method:6} {columns}".rstrip()


__all__ = ["COMMIT", "METHODS", "ROLES", "Place", "World", "content_of", "places", "rows"]
