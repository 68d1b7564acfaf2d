"""Which address means which job: jobs-behaviour §1.4."""

from __future__ import annotations

import pytest
from tests.server.api.cast import git_source, published

from jobyard_server.registry.models import PLUGINS, Source
from jobyard_server.runs.models import JobResult

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("worker")]

JOBS = "/api/extras/jobs/"


@pytest.fixture
def jobs(db):
    """One job of each kind of source, and one that tempts to guess: ``local/x/run``."""
    plugins = Source.objects.create(key="plugins", kind=PLUGINS)
    return [
        published("example", "Hello"),
        published("devices", "CreateDevices", of=git_source("netops")),
        published("my_plugin.jobs", "Report", of=plugins),
    ]


@pytest.mark.parametrize(
    ("path", "meant"),
    [
        ("local/example/Hello", "local/example/Hello"),
        ("git.netops/devices/CreateDevices", "git.netops/devices/CreateDevices"),
        ("git/netops/devices/CreateDevices", "git.netops/devices/CreateDevices"),
        ("plugins/my_plugin.jobs/Report", "plugins/my_plugin.jobs/Report"),
        ("plugin/my_plugin.jobs/Report", "plugins/my_plugin.jobs/Report"),
    ],
)
def test_a_class_path_and_its_aliases_show_and_run_one_job(bob, jobs, path, meant):
    shown = bob.get(f"{JOBS}{path}/")
    run = bob.post(f"{JOBS}{path}/run/")

    assert (shown.status_code, run.status_code) == (200, 200)
    assert shown.json()["id"] == run.json()["id"] == meant
    assert shown.json()["url"] == f"http://testserver{JOBS}{meant}/"
    assert JobResult.objects.get().name == meant


@pytest.mark.parametrize(
    "path",
    [
        "git/devices/CreateDevices",
        "local/example/hello",
        "LOCAL/example/Hello",
        "git.NETOPS/devices/CreateDevices",
        "git.other/devices/CreateDevices",
        "Plugin/my_plugin.jobs/Report",
        "plugin/my_plugin.jobs/extra/Report",
        "local/*/Hello",
        "local/%25/Hello",
        "local/example/%00",
        "local/exa%00mple/Hello",
        "local/example/Hello%0a",
        "*/*/*",
        "local/example",
        "local/example/Hello/now",
        "local/example/Hello/run/run",
        "git/netops/devices/CreateDevices/now",
        "~",
        "all",
        "local",
        "00000000-0000-0000-0000-000000000000",
        "00000000-0000-0000-0000-000000000000/stop",
    ],
)
def test_whatever_else_is_not_found(alice, jobs, path):
    answer = alice.get(f"{JOBS}{path}/")

    assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})


def test_four_segments_from_git_never_run_a_guess(alice, jobs):
    """``git/<module>/<Class>/run`` could be the run of a job in some repository; nobody knows which."""
    for path in ("git/devices/CreateDevices/run", "git/netops/devices/CreateDevices"):
        answer = alice.post(f"{JOBS}{path}/")

        assert (answer.status_code, answer.json()) == (404, {"detail": "Not found."})
    assert not JobResult.objects.exists()


def test_an_alias_for_run_tells_who_may_not_before_it_tells_what_is_missing(charlie, jobs):
    assert charlie.post(f"{JOBS}git/netops/devices/CreateDevices/").status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_a_class_path_is_only_shown_and_run(alice, jobs, method):
    shown = getattr(alice, method)(f"{JOBS}local/example/Hello/")
    run = getattr(alice, method)(f"{JOBS}local/example/Hello/run/")

    assert shown.status_code == run.status_code == 405


def test_a_path_without_its_slash_leads_to_the_one_with_it(alice, jobs):
    answer = alice.get(f"{JOBS}local/example/Hello?api_version=1.2")

    assert answer.status_code == 302
    assert answer["Location"] == f"{JOBS}local/example/Hello/?api_version=1.2"


def test_a_run_without_its_slash_is_told_what_is_missing(alice, jobs):
    answer = alice.post(f"{JOBS}local/example/Hello/run", {"commit": False})

    assert answer.status_code == 404
    assert "slash" in answer.json()["detail"]
