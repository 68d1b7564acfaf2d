"""The parts of the other pages: first page, jobs, the run form, repositories, access, inventory."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import QueryDict

from jobyard.spec import JobSpec
from jobyard_server.access.models import User
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.presets.models import JobPreset
from jobyard_server.registry.history_models import PUBLISHED, RevisionEvent
from jobyard_server.ui.accounts.tabs import Tab
from jobyard_server.ui.inventory.query import ListQuery
from jobyard_server.ui.jobs.filters import LAST_CHOICES, STATE_CHOICES, JobFilter
from jobyard_server.ui.jobs.head import JobTab
from jobyard_server.ui.jobs.listing import Group, JobLine, JobPage
from jobyard_server.ui.patterns.pattern import Pattern, State
from jobyard_server.ui.patterns.samples import ago, job, module, result, revision, source
from jobyard_server.ui.repositories.state import IN_STEP, SYNCING, SourceLine, state_of
from jobyard_server.ui.revisions.steps import WORDS, Step
from jobyard_server.ui.revisions.timeline import TimelinePage, line_of
from jobyard_server.ui.run_form.fields import FieldGroup, FormField
from jobyard_server.webhooks.models import Webhook

ERROR = {"message": "NameError: name 'ports' is not defined", "path": "jobs/audits.py", "line": 2}
WORDS_OF_FOLDERS = ("Snapshot made", "Inspected", "Published")
HERE = "/-/patterns/"


def parts() -> list[Pattern]:
    return [
        Pattern(
            title="First page",
            about="How to begin, what is wrong, what is new.",
            states=[
                _state("no job yet", "home/_first_steps", jobs_root="/srv/jobs", may_add_repository=True),
                _state("nothing ran yet", "home/_first_run", runnable=[job(), job(name="Trace a cable")]),
                _state("sources and modules with errors", "home/_troubles", **_troubles()),
            ],
        ),
        Pattern(
            title="Published lately",
            about="A line on the first page.",
            list_class="jy-plain-list",
            states=[_state("a folder", "home/_published_line", line=_published())],
        ),
        Pattern(
            title="List of jobs",
            about="Its filter, and the list in all its states.",
            states=[
                _state("filter", "jobs/_filter", **_filter()),
                _state("no job matches", "jobs/_list", page=_jobs(), wanted=JobFilter(q="ports")),
                _state("there is none", "jobs/_list", page=_jobs(), wanted=None),
                _state("one of two pages, with errors", "jobs/_list", **_some_jobs()),
            ],
        ),
        Pattern(
            title="Page of a job",
            about="Presets, the code that runs, head and tabs.",
            states=[
                _state("presets", "jobs/_presets", **_presets()),
                _state("code that runs", "jobs/_revision", **_code()),
                _state("head", "jobs/_head", **_head()),
            ],
        ),
        Pattern(
            title="History of a job",
            about="A line of the list of its runs.",
            list_class="jy-panel jy-panel-flush jy-result-list",
            states=[_state("a run", "jobs/_run_line", result=result(started=ago(minutes=3)))],
        ),
        Pattern(
            title="Run form",
            about="Everything around the fields: what it means, when, as what it is remembered.",
            states=[_state("with what stands in the way", "jobs/_run_form", **_run_form())],
        ),
        Pattern(
            title="Groups of fields",
            about="Under a heading, or folded because few need them.",
            states=[
                _state(label, "_field_group", group=group) for label, group in _groups()
            ],
        ),
        Pattern(
            title="Sync and webhook",
            about="The steps of the newest sync, and the values for a forge.",
            states=[
                *(_state(label, "repositories/_live", **context) for label, context in _syncs()),
                _state("of the folder", "sources/_live", **_live_folder()),
                *(_state(label, "repositories/_hook", **_hook(**more)) for label, more in _HOOKS.items()),
            ],
        ),
        Pattern(
            title="Ways around",
            about="Tabs, crumbs and pages.",
            states=[
                _state("tabs of access", "accounts/_tabs", tabs=[
                    Tab(label="API tokens", address=HERE, is_here=True),
                    Tab(label="Users", address=HERE, is_here=False),
                ]),
                _state("where a revision is", "revisions/_crumbs", source=source()),
                _state("more of a timeline", "revisions/_older", timeline=TimelinePage(lines=[], before="x")),
            ],
        ),
        Pattern(
            title="Inventory",
            about="What stands around its lists and rows.",
            states=[
                _state("an empty installation", "inventory/_sample"),
                _state("buttons that start jobs", "receivers/_buttons", buttons=_buttons()),
                _state("kinds of a group", "inventory/_siblings", **_siblings()),
                _state("where a row is", "inventory/_crumbs", **_row()),
                _state("its changes", "inventory/_changes", may_view_changes=True, **_row()),
                _state("rows that belong to it", "inventory/_tab", **_tab()),
                _state("filters and columns", "inventory/_filter_form", **_filters()),
            ],
        ),
    ]  # fmt: skip


def _state(label: str, name: str, **context: Any) -> State:
    return State(label=label, template=f"ui/{name}.html", context=context)


def _troubles() -> dict[str, Any]:
    failed = source("git", error="There is no repository at https://git.example.com/care.git.")
    state = state_of(failed, is_waiting=False, broken_count=0)
    line = SourceLine(source=failed, state=state, job_count=0, broken_count=0)
    broken = [module(name=name, load_error=ERROR) for name in ("audits", "ports", "vlans")]
    return {"failed_sources": [line], "broken": broken, "more_troubles": True}


def _published() -> Any:
    of = source()
    event = RevisionEvent(source=of, revision=revision(of), created=ago(hours=1), kind=PUBLISHED)
    event.changes = {"added": ["local/audits/CountPorts"]}
    return line_of(event, of)


def _filter() -> dict[str, Any]:
    sources = [("local", "Folder"), ("git.care", "Network care")]
    return {
        "wanted": JobFilter(), "sources": sources, "tags": [("core", "Core")],
        "states": STATE_CHOICES, "lasts": LAST_CHOICES,
    }  # fmt: skip


def _jobs(**fields: Any) -> JobPage:
    return JobPage(**{"groups": [], "number": 1, "total": 0, **fields})


def _some_jobs() -> dict[str, Any]:
    line = JobLine(job=job(), last_run=result(), is_active=False, is_favourite=False)
    broken = [module(name=name, load_error=ERROR) for name in ("a", "b", "c", "d")]
    groups = [Group(heading="Audits", is_continued=True, lines=[line])]
    page = _jobs(groups=groups, total=140, broken=broken, broken_count=24)
    return {"page": page, "wanted": None, "links": {"next": "page=2"}, "hidden_count": 3}


def _head() -> dict[str, Any]:
    tabs = [JobTab(label=label, address=HERE, is_here=label == "Run") for label in ("Run", "History")]
    return {"job": job(read_only=True), "job_tabs": tabs, "is_favourite": True}


def _presets() -> dict[str, Any]:
    mine = JobPreset(pk=uuid.uuid4(), name="Evenings", user=User(username="alice"))
    return {"presets": [mine], "applied": mine, "user": mine.user, "job": job()}


def _code() -> dict[str, Any]:
    git = source("git")
    kept = module(of=git, revision=revision(git), load_error=ERROR)
    return {"module": kept, "spec": {"line": 12, "warnings": ["It has no description."]}, "job": job()}


def _run_form() -> dict[str, Any]:
    spec = JobSpec(module="audits", class_name="CountPorts", name="Count ports", grouping="Audits")
    field = FormField(name="pattern_site", label="Site", errors=["Choose a site."])
    return {
        "job": job(), "spec": spec, "module": module(revision=revision()), "zone": "UTC",
        "groups": [FieldGroup(heading="Where", fields=[field])], "variable_names": "site",
        "banner": "Somebody changed the job meanwhile.", "obstacle": "The job is not enabled.",
        "remark": "The form shows the inputs of an earlier run.", "error_count": 1, "wrong_fields": [field],
        "only_queue": "slow",
    }  # fmt: skip


def _groups() -> list[tuple[str, FieldGroup]]:
    found = FormField(name="pattern_found", label="Found by words", help="A long list")
    named = [FormField(name="pattern_named", label="Under a heading", plain_hints=["For every browser."])]
    folded = [FormField(name="pattern_folded", label="Folded away")]
    return [
        ("alone", FieldGroup(fields=[found])),
        ("with a heading", FieldGroup(heading="Where", fields=named)),
        ("folded", FieldGroup(heading="Links", fields=folded, can_fold=True, is_folded=True)),
    ]


def _syncs() -> list[tuple[str, dict[str, Any]]]:
    failed = state_of(source(error="It does not answer."), is_waiting=False, broken_count=0)
    cases = {
        "while a sync goes on": (SYNCING, ["done", "done", "now", "next", "next", "next"]),
        "a sync that failed": (failed, ["done", "failed", *["left out"] * 4]),
        "a sync that is through": (IN_STEP, ["done"] * 6),
    }
    return [(label, {"state": state, "steps": _steps(states)}) for label, (state, states) in cases.items()]


def _live_folder() -> dict[str, Any]:
    of = source(lease_until=ago(minutes=-1))
    line = SourceLine(source=of, state=SYNCING, job_count=3, broken_count=0)
    context = {"source": of, "line": line, "state": SYNCING, "jobs_root": "/srv/jobs", "scan_seconds": 5}
    return {**context, "steps": _steps(["done", "now", "next"], WORDS_OF_FOLDERS)}


def _steps(states: list[str], words: Iterable[str] = WORDS.values()) -> list[Step]:
    return [
        Step(word=word, state=state, span=timedelta(seconds=0.12) if state == "done" else None)
        for word, state in zip(words, states, strict=True)
    ]


_HOOKS: dict[str, dict[str, Any]] = {
    "a new webhook": {"is_new": True, "secret": "shown-once"},
    "one that is switched off": {"enabled": False},
}


def _hook(*, is_new: bool = False, secret: str = "", enabled: bool = True) -> dict[str, Any]:
    of = source("git").git_repository
    row = Webhook(pk=uuid.uuid4(), repository=of, provider="github", enabled=enabled)
    entries = [("Payload URL", "https://jobyard.example.com/webhooks/4be1c09f/"), ("Secret", secret)]
    hook = {
        "row": row,
        "title": "GitHub",
        "hint": "Settings, Webhooks.",
        "is_new": is_new,
        "entries": entries,
    }
    return {"hook": hook, "repository": of, "may_change": True}


def _row() -> dict[str, Any]:
    pages = {"list": "/dcim/regions/"}
    return {"row": Region(pk=uuid.uuid4(), name="Benelux"), "heading": "Regions", "pages": pages}


def _buttons() -> list[dict[str, Any]]:
    place = {"url": HERE, "object_type": "dcim.region", "object_id": str(uuid.uuid4())}
    reload = {**place, "text": "Reload", "css_class": "primary", "confirms": False}
    drain = {**place, "text": "Drain", "css_class": "danger", "confirms": True}
    return [{"name": "", "buttons": [reload]}, {"name": "More", "buttons": [drain]}]


def _siblings() -> dict[str, Any]:
    names = (("Sites", False), ("Regions", True))
    rows = [{"link": HERE, "name": name, "is_here": is_here} for name, is_here in names]
    return {"group_title": "Organization", "siblings": rows}


def _tab() -> dict[str, Any]:
    tab = {"relation": {"label": "Sites"}, "link": "/dcim/sites/"}
    names = {"singular": "site", "pages": {"add": "/dcim/sites/add/"}}
    return {
        **_row(), "tab": tab, "tab_names": names, "tab_columns": [{"label": "Status"}], "tab_body": "",
        "tab_unlisted": 12, "tab_actions": {"may_add": True}, "tab_add": "region=benelux",
    }  # fmt: skip


def _filters() -> dict[str, Any]:
    fields = [FormField(name="pattern_region", label="Region")]
    query = ListQuery.from_query(Region, QueryDict("q=ams"))
    return {
        **_row(), "plural": "regions", "query": query, "fields": fields, "sizes": (25, 50),
        "columns": [({"name": "name", "label": "Name"}, True), ({"name": "slug", "label": "Slug"}, False)],
    }  # fmt: skip
