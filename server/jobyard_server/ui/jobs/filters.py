"""The filter behind the list of jobs: from the address to rows and back to links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Final
from urllib.parse import urlencode

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat

from jobyard import statuses
from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.registry.favourites import is_favourite_of
from jobyard_server.registry.models import Job
from jobyard_server.runs.models import JobResult

MOST_WORDS: Final = 8  #: Of a search; more would only cost time.
LONGEST: Final = 200  #: Characters of a value.

NEVER: Final = "never"
LAST_CHOICES: Final = [
    ("", "Any last result"),
    *((status, label) for status, label in statuses.LABELS.items() if status in statuses.TERMINAL),
    (NEVER, "Not run yet"),
]

GONE: Final = "gone"
STATES: Final[dict[str, tuple[str, Q]]] = {
    "enabled": ("Enabled", Q(enabled=True)),
    "disabled": ("Disabled", Q(enabled=False)),
    "last-good": ("Last good version", Q(module__load_error__isnull=False)),
    "read-only": ("Read-only", Q(read_only=True)),
    "hidden": ("Hidden", Q(hidden=True)),
    GONE: ("Not installed", Q(installed=False)),
}
STATE_CHOICES: Final = [("", "Any state"), *((word, label) for word, (label, _condition) in STATES.items())]


@dataclass(frozen=True, kw_only=True)
class JobFilter:
    """Which jobs are wanted; empty means all that the list usually shows."""

    q: str = ""  #: Words that name, path or description must hold.
    source: str = ""  #: Key of a source.
    state: str = ""  #: One of STATES.
    last: str = ""  #: Status of the newest ended run, or NEVER.
    tag: str = ""  #: Slug.
    group: str = ""  #: Exact heading.
    mine: str = ""  #: "1": only jobs that the reader ran.
    favourites: str = ""  #: "1": only those that the reader marked.
    hidden: str = ""  #: "1": hidden ones too.

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> JobFilter:
        """What cannot be understood is left out."""
        texts = {name: query.get(name, "").strip()[:LONGEST] for name in ("q", "source", "tag", "group")}
        ticks = {name: "1" for name in ("mine", "favourites", "hidden") if query.get(name) == "1"}
        state, last = query.get("state", ""), query.get("last", "")
        return cls(
            **texts,
            **ticks,
            state=state if state in STATES else "",
            last=last if last in dict(LAST_CHOICES) else "",
        )

    @property
    def words(self) -> list[str]:
        return self.q.split()[:MOST_WORDS]

    def apply(self, jobs: QuerySet[Job], user: User) -> QuerySet[Job]:
        """The part of *jobs* that is wanted; *jobs* are all that *user* may see."""
        jobs = jobs.filter(STATES[self.state][1]) if self.state else jobs
        jobs = jobs if self.state == GONE else jobs.filter(installed=True)
        jobs = jobs if self.hidden or self.state == "hidden" else jobs.filter(hidden=False)
        for name, narrow in _NARROWING.items():
            if value := getattr(self, name):
                jobs = narrow(jobs, value, user)
        return _search(jobs, self.words)

    @property
    def is_about_jobs(self) -> bool:
        """Whether it asks for what only jobs have, so that modules are no answer."""
        return bool(
            self.last or self.tag or self.mine or self.favourites or self.state not in ("", "last-good")
        )

    def query(self, **changes: str) -> str:
        """The query string of a link that keeps this filter, but for *changes*."""
        named = {**asdict(self), **changes}
        return urlencode({name: value for name, value in named.items() if value})

    def __bool__(self) -> bool:
        """Whether it leaves anything out that the plain list shows."""
        return any(value for name, value in asdict(self).items() if name != "hidden")


def newest_ended(user: User) -> QuerySet[JobResult]:
    """The newest ended run of the job of the outer query; one look into an index."""
    ended = restrict(JobResult.objects.filter(completed__isnull=False), user, "view")
    return ended.filter(job_model=OuterRef("pk")).order_by("-completed")


def _with_last(jobs: QuerySet[Job], status: str, user: User) -> QuerySet[Job]:
    newest = jobs.alias(last_status=Subquery(newest_ended(user).values("status")[:1]))
    return newest.filter(last_status__isnull=True) if status == NEVER else newest.filter(last_status=status)


def _mine(jobs: QuerySet[Job], _value: str, user: User) -> QuerySet[Job]:
    return jobs.filter(Exists(JobResult.objects.filter(job_model=OuterRef("pk"), user=user)))


_NARROWING: Final[dict[str, Callable[[QuerySet[Job], str, User], QuerySet[Job]]]] = {
    "source": lambda jobs, value, _user: jobs.filter(module__source__key=value),
    "group": lambda jobs, value, _user: jobs.filter(grouping=value),
    "tag": lambda jobs, value, _user: jobs.filter(tags__slug=value),
    "favourites": lambda jobs, _value, user: jobs.filter(is_favourite_of(user)),
    "mine": _mine,
    "last": _with_last,
}


def _search(jobs: QuerySet[Job], words: list[str]) -> QuerySet[Job]:
    if not words:
        return jobs
    path = Concat(
        F("module__source__key"), Value("/"), F("module_name"), Value("/"), F("job_class_name"),
        output_field=CharField(),
    )  # fmt: skip
    jobs = jobs.alias(path=path)
    for word in words:
        jobs = jobs.filter(mentions(word, "name", "grouping", "description", "path"))
    return jobs


def mentions(word: str, *fields: str) -> Q:
    """Whether any of *fields* holds *word*, whatever the case."""
    condition = Q()
    for name in fields:
        condition |= Q(**{f"{name}__icontains": word})
    return condition
