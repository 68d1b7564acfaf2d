"""
Every fixture job gives the same through every door: status, log rows, counters, output.

Jobs that end their process or wait for a signal are tried against a real installation, in
``tests/e2e/test_every_job.py``.
"""

from __future__ import annotations

import pytest
from tests.contract.case import Case
from tests.contract.inputs import COMMITS, FILES, INPUTS, KIND, NOT_HERE, OF_THEIR_OWN, SITE
from tests.jobs.fakes import FIXTURES

from jobyard.discovery import find_modules
from jobyard_server.registry.models import Job

pytestmark = pytest.mark.django_db

MODULES = [module.name for module in find_modules(FIXTURES, "") if module.name not in NOT_HERE]


@pytest.mark.parametrize("module", MODULES)
def test_a_fixture_job_gives_the_same_through_every_door(world, doors, module):
    for case in _cases(world, module):
        outcomes = {name: _through(world, door, case) for name, door in doors.items()}
        expected = outcomes.pop("testing")
        for name, outcome in outcomes.items():
            assert outcome == expected, f"{case.job}: {name} differs from jobyard.testing"


def _through(world, door, case):
    outcome = door(case)
    if case.commit:
        world.tidy()  # the next door shall find the same
    return outcome


def _cases(world, module):
    jobs = Job.objects.filter(module_name__regex=rf"^{module}(\..*)?$", source="local", installed=True)
    for job in jobs.order_by("job_class_name"):
        name = f"{job.module_name}/{job.job_class_name}"
        if name in OF_THEIR_OWN:
            continue
        yield Case(name, _inputs(world, name), FILES.get(name, {}))
        if name in COMMITS:
            yield Case(name, _inputs(world, name), FILES.get(name, {}), commit=True)


def _inputs(world, name):
    real = {SITE: str(world.site.pk), KIND: str(world.lab.kind.pk)}
    return {
        name: [real.get(item, item) for item in value] if isinstance(value, list) else _real(real, value)
        for name, value in INPUTS.get(name, {}).items()
    }


def _real(real, value):
    return real.get(value, value) if isinstance(value, str) else value


@pytest.mark.parametrize("job", ["fx_plugin.jobs/Counts", "fx_plugin.jobs.audit/CheckAll"])
def test_a_job_of_a_plugin_does_so_too(world, doors, job):
    case = Case(f"plugins/{job}")

    outcomes = {name: door(case) for name, door in doors.items()}

    assert outcomes["rest"].status == "completed"
    assert len({repr(outcome) for outcome in outcomes.values()}) == 1


def test_every_job_that_is_left_out_exists(world):
    for name in OF_THEIR_OWN:
        world.job(f"local/{name}")
    assert set(NOT_HERE) <= {module.name for module in find_modules(FIXTURES, "")}
