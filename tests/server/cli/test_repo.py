"""`jobyard repo …` and `jobyard job list`."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from tests.server.cli.cast import sign_of_life

from jobyard import statuses
from jobyard_server.access.secrets import decrypt
from jobyard_server.registry.models import GitRepository, Module
from jobyard_server.registry.repositories import add_repository
from jobyard_server.runs.models import JobResult

URL = "https://git.example.net/team/netops.git"
REFRESHED = ("main", "success", None, "Repository successfully refreshed")


@pytest.fixture
def netops(transactional_db: None) -> GitRepository:
    repository = add_repository(name="Net ops", slug="netops", remote_url=URL)
    JobResult.objects.all().delete()  # its first sync is not what these tests are about
    return repository


def test_add_stores_the_repository_and_prints_its_first_sync(jobyard, daemon):
    daemon(statuses.COMPLETED, REFRESHED)

    answer = jobyard("repo", "add", "Net ops", URL, "--slug", "netops", "--branch", "stable")

    repository = GitRepository.objects.get()
    assert (repository.slug, repository.branch, repository.remote_url) == ("netops", "stable", URL)
    assert "Added Net ops as git.netops\n" in answer.stdout
    assert "\t\tsuccess: Repository successfully refreshed\n" in answer.stdout
    assert answer.exit_code == 0
    assert JobResult.objects.count() == 1


def test_add_takes_the_token_from_a_file_or_standard_input(jobyard, transactional_db, tmp_path):
    (tmp_path / "token").write_text("from-the-file\n")

    jobyard("repo", "add", "One", URL, "--username", "bot", "--token-file", str(tmp_path / "token"))
    jobyard("repo", "add", "Two", URL, "--token-file", "-", stdin="from-stdin\n")

    stored = GitRepository.objects.order_by("name")
    assert [decrypt(one.token_encrypted) for one in stored] == ["from-the-file", "from-stdin"]
    assert stored[0].username == "bot"


def test_add_without_a_live_sync_part_says_who_will_fetch(jobyard, transactional_db):
    answer = jobyard("repo", "add", "Net ops", URL)

    assert answer.stderr == "No sync part is alive; `jobyard up` or `jobyard sync` will fetch it.\n"
    assert answer.exit_code == 0


def test_add_tells_every_refused_field(jobyard, transactional_db):
    answer = jobyard("repo", "add", "Net ops", "ext::sh -c true", "--branch", "-x")

    assert {line.partition(": ")[0] for line in answer.stderr.splitlines()} == {"remote_url", "branch"}
    assert answer.exit_code == 2
    assert not GitRepository.objects.exists()


@pytest.mark.parametrize(
    ("status", "code"), [(statuses.COMPLETED, 0), (statuses.FAILED, 1), (statuses.ERRORED, 3)]
)
def test_sync_waits_and_its_exit_status_tells_how_it_went(jobyard, daemon, netops, status, code):
    daemon(status, REFRESHED)

    answer = jobyard("repo", "sync", "netops")

    assert "Syncing Net ops...\n" in answer.stdout
    assert "\tmain: 1 success, 0 info, 0 warning, 0 failure\n" in answer.stdout
    assert answer.exit_code == code


@pytest.mark.parametrize("which", ["netops", "git.netops", "Net ops"])
def test_a_repository_is_found_by_slug_source_and_name(jobyard, netops, which):
    sign_of_life("sync")

    answer = jobyard("repo", "sync", which, "--no-wait")

    assert "Queued sync of Net ops: " in answer.stdout
    assert answer.exit_code == 0


def test_an_unknown_repository_is_told_with_the_way_out(jobyard, netops):
    answer = jobyard("repo", "sync", "other")

    assert answer.stderr == 'No repository is called "other"; `jobyard repo list` shows the known ones.\n'
    assert answer.exit_code == 2


def test_sync_without_a_live_sync_part_requests_nothing(jobyard, netops):
    answer = jobyard("repo", "sync", "netops")

    assert "No sync part is alive, so nothing was requested" in answer.stderr
    assert answer.exit_code == 6
    assert not JobResult.objects.exists()


def test_list_shows_what_each_one_follows_and_how_it_is(jobyard, netops):
    answer = jobyard("repo", "list")

    heading, row = answer.stdout.splitlines()
    assert heading.split() == ["SOURCE", "NAME", "FOLLOWS", "COMMIT", "STATE", "URL"]
    assert row.split() == ["git.netops", "Net", "ops", "main", "-", "never", "synced", URL]


def break_module(repository: GitRepository) -> None:
    error = {
        "commit": "4be1c0" + "0" * 34,
        "path": "jobs/devices.py",
        "line": 7,
        "message": "SyntaxError: invalid syntax",
        "traceback": "jobs/devices.py:7",
    }
    source: Any = repository.source
    Module.objects.create(
        source=source, name="devices", path="jobs/devices.py", grouping="devices", load_error=error
    )
    source.last_synced = timezone.now()
    source.save()


def test_show_tells_the_error_of_a_module_with_file_line_and_commit(jobyard, netops):
    break_module(netops)

    answer = jobyard("repo", "show", "netops")

    assert "state:     load errors\n" in answer.stdout
    assert "error at commit 4be1c0000000: jobs/devices.py:7: SyntaxError: invalid syntax\n" in answer.stdout


def test_show_tells_why_nothing_could_be_read(jobyard, netops):
    source: Any = netops.source
    source.error = "The server answered 404."
    source.save()

    answer = jobyard("repo", "show", "netops")

    assert "state:     error\n" in answer.stdout
    assert "error:     The server answered 404.\n" in answer.stdout


def test_job_list_shows_what_can_be_run(jobyard, make_job):
    make_job(class_name="Shown", name="Shown job")
    gone = make_job(class_name="Gone")
    gone.installed = False
    gone.save()

    assert jobyard("job", "list").stdout.splitlines()[1:] == ["local/example/Shown  Shown job"]
    assert "local/example/Gone" in jobyard("job", "list", "--all").stdout
