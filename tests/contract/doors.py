"""The four ways to run a job, each from the request to what users see of the end."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from django.test import Client
from tests.contract.case import Case, Outcome
from tests.contract.outcomes import outcome_of_test, printed, shown_outcome, stored_outcome
from tests.contract.web_form import fields_of, filled_in, uploads
from tests.contract.world import World
from tests.server.cli.cast import call

from jobyard import compat
from jobyard.job_classes import find_job_class
from jobyard.loader import PluginLoader, SourceLoader
from jobyard.testing import run_job
from jobyard_server.cli.running import EXIT_CODES
from jobyard_server.isolation.names import MODELS
from jobyard_server.runs.models import JobResult

Door = Callable[[Case], Outcome]


def all_doors(world: World) -> dict[str, Door]:
    doors = {"rest": by_rest, "form": by_form, "command line": by_command_line, "testing": by_testing}
    return {name: lambda case, door=door: door(world, case) for name, door in doors.items()}


def by_rest(world: World, case: Case) -> Outcome:
    answer = world.alice.post(f"/api/extras/jobs/{case.class_path}/run/", **rest_body(case))
    assert answer.status_code == 200, (case, answer.content)
    return shown_outcome(world.alice, answer.json()["result"]["id"])


def rest_body(case: Case) -> dict[str, Any]:
    if not case.files:
        return {"data": {"data": dict(case.data), "commit": case.commit}, "format": "json"}
    files = uploads(case)
    return {"data": {**case.data, **files, "_commit": str(case.commit).lower()}, "format": "multipart"}


def by_form(world: World, case: Case) -> Outcome:
    browser = Client()
    browser.force_login(world.service.user)
    address = f"/extras/jobs/{case.class_path}/"
    page = browser.get(address)
    assert page.status_code == 200, (case, page.content)
    answer = browser.post(address, filled_in(fields_of(page.content.decode()), case))
    assert answer.status_code == 302, (case, answer.content.decode())
    return stored_outcome(answer.headers["Location"].rstrip("/").rpartition("/")[2])


def by_command_line(world: World, case: Case) -> Outcome:
    arguments = ["--data", json.dumps(dict(case.data)), *(["--commit"] if case.commit else [])]
    for name, (file, content) in case.files.items():
        path = world.folder / file
        path.write_bytes(content)
        arguments += ["--file", f"{name}={path}"]
    done = call("runjob", case.class_path, *arguments)
    newest = JobResult.objects.latest("created")
    outcome = stored_outcome(newest.pk)
    assert done.exit_code == EXIT_CODES[outcome.status], (case, done.output)
    assert printed(outcome) in done.output
    return outcome


def by_testing(world: World, case: Case) -> Outcome:
    """What an author's own test would see; the class is loaded from the files as they were published."""
    compat.provide(MODELS)
    source, module, _ = case.class_path.split("/")
    loader: Any = (
        PluginLoader(module)
        if source == "plugins"
        else SourceLoader(root=world.service.folder, job_path="", source=source, digest="contract")
    )
    with loader:
        run = run_job(
            find_job_class(loader, case.class_path),
            case.data,
            commit=case.commit,
            files=dict(case.files),
            user=world.service.user,
        )
    return outcome_of_test(run, case)
