"""Faults of publishing, named after the catalogue; real git, and real processes where something is killed."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from tests.repos.git_http import GitServer
from tests.sync.cast import SYNTAX_ERROR, good, wait_until

from jobyard_repos import fail_points
from jobyard_server.registry.decisions import confirm
from jobyard_server.registry.history_models import HeldPush, RevisionEvent
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.lost_syncs import AGAIN, LOST
from jobyard_server.registry.models import GitRepository, Job, Module, Source
from jobyard_server.registry.places import snapshot_store
from jobyard_server.registry.repositories import add_repository
from jobyard_server.registry.requests import request_sync, times_lost
from jobyard_server.registry.snapshots import needed_digests
from jobyard_server.runs.models import Component, JobResult
from jobyard_server.webhooks.follow import state_of
from jobyard_server.webhooks.hooks import create_hook
from jobyard_server.webhooks.hooks import test_call as signed_call
from jobyard_server.webhooks.models import WebhookDelivery
from jobyard_server.worker.assignment import assignment, code_of
from jobyard_server.worker.claims import Claim
from jobyard_server.worker.snapshots import Snapshots
from jobyard_sync.clean_up import clean_up

POINTS_OF_A_SYNC = [name for name in fail_points.OF_SYNCS if not name.startswith("gc.")]
DAEMON = "import django; django.setup(); from jobyard_sync.daemon import run; run()"
CLEAN_UP = """
import uuid, django; django.setup()
from jobyard_sync.clean_up import clean_up
from jobyard_sync.tools import Tools
clean_up(Tools.from_settings(holder=uuid.uuid4(), zygote=None))
"""


@pytest.fixture
def process(settings):
    """``process(code, "point=action", **options)``: a process on the database of the tests."""
    started: list[subprocess.Popen[bytes]] = []

    def start(
        code: str = DAEMON, points: str = "", stdout: IO[str] | None = None, **options: str
    ) -> subprocess.Popen[bytes]:
        known = connection.settings_dict
        place = f"@/{known['NAME']}?host={known['HOST']}&port={known['PORT']}"
        environment = {
            **os.environ,
            "JOBYARD_DATABASE_URL": f"postgresql://{known['USER']}:{known['PASSWORD']}{place}",
            "JOBYARD_DATA_DIR": str(settings.DATA_DIR),
            "JOBYARD_JOBS_ROOT": str(settings.JOBS_ROOT),
            "JOBYARD_ALLOW_FILE_REMOTES": "true",
            "JOBYARD_GIT_ALLOWED_NETS": "127.0.0.0/8",
            fail_points.VARIABLE: points,
            **options,
        }
        started.append(subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=stdout))
        return started[-1]

    yield start
    for item in started:
        item.kill()
        item.wait()


def check_pointers() -> None:
    """Whatever the registry points to is complete on disk."""
    store = snapshot_store()
    for source in Source.objects.filter(revision__isnull=False).select_related("revision"):
        assert store.verify(source.revision.snapshot_digest)
    for module in Module.objects.filter(revision__isnull=False).select_related("revision"):
        assert store.verify(module.revision.snapshot_digest)


def waiting_run(job: Job, user: Any = None) -> JobResult:
    """A run that was accepted and not begun."""
    return JobResult.objects.create(
        name=job.class_path,
        obj_type=ContentType.objects.get_for_model(Job),
        job_model=job,
        revision=job.module.revision,
        origin={"path": job.module.path},
        user=user or _user(),
    )


def _user():
    from jobyard_server.access.models import User

    return User.objects.create_superuser("alice", password="x")


@pytest.mark.django_db(transaction=True)
def test_f31_a_daemon_that_dies_at_any_step_leaves_a_whole_registry_and_the_next_one_goes_on(
    process, make_repo, tools
):
    repo = make_repo({"jobs/__init__.py": "", "jobs/hello.py": good()})
    repository = add_repository(name="Lab", remote_url=repo.url)
    for point in POINTS_OF_A_SYNC:
        repo.commit({"jobs/hello.py": good(), f"jobs/{point.replace('.', '_')}.py": good()})
        request_sync(repository.source)
        assert process(points=f"{point}=kill").wait(timeout=60) == -signal.SIGKILL, point
        check_pointers()

    process()
    wait_until(lambda: GitRepository.objects.get().current_head == repo.head, seconds=60)
    wait_until(lambda: not JobResult.objects.filter(completed__isnull=True).exists(), seconds=60)

    assert Job.objects.filter(installed=True).count() == 1 + len(POINTS_OF_A_SYNC)
    assert not Source.objects.filter(lease_until__isnull=False, key="git.lab").exists()
    check_pointers()
    clean_up(tools)
    assert not list(tools.store.folder.glob(".draft-*"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["gc.marked", "gc.mid"])
def test_f31_a_clean_up_that_dies_takes_nothing_that_is_needed(process, follow, settings, point):
    settings.JOBYARD = {**settings.JOBYARD, "SNAPSHOT_KEEP": 1}
    followed = follow({"jobs/a.py": good("A0")})
    for number in range(3):
        followed.push({"jobs/a.py": good(f"A{number + 1}")})

    died = process(CLEAN_UP, f"{point}=kill", JOBYARD_SNAPSHOT_KEEP="1").wait(timeout=60)
    check_pointers()
    clean_up(followed.tools)

    assert died == -signal.SIGKILL
    check_pointers()
    assert len(followed.tools.store.digests()) == 1
    assert not list(followed.tools.store.folder.glob(".trash-*"))


@pytest.mark.django_db(transaction=True)
def test_f38_f48_a_frozen_daemon_that_resumes_cannot_publish_over_a_newer_sync(process, make_repo):
    repo = make_repo({"jobs/__init__.py": "", "jobs/old.py": good("Old")})
    repository = add_repository(name="Lab", remote_url=repo.url)
    short = {"JOBYARD_LEASE_SECONDS": "1", "JOBYARD_HEARTBEAT_SECONDS": "0.2"}
    first = process(points="before_db=stop@1", **short)
    frozen = repository.source.results.get()
    wait_until(lambda: _is_stopped(first.pid), seconds=60)

    repo.commit({"jobs/old.py": None, "jobs/new.py": good("New")})
    request_sync(repository.source)
    process(**short)
    wait_until(lambda: GitRepository.objects.get().current_head == repo.head, seconds=60)
    os.kill(first.pid, signal.SIGCONT)
    wait_until(lambda: JobResult.objects.get(pk=frozen.pk).completed, seconds=60)

    assert JobResult.objects.get(pk=frozen.pk).status == "errored"
    assert GitRepository.objects.get().current_head == repo.head
    assert list(Job.objects.filter(installed=True).values_list("job_class_name", flat=True)) == ["New"]


@pytest.mark.django_db(transaction=True)
def test_f36_the_sync_of_a_killed_daemon_is_done_by_the_one_that_lives(process, make_repo):
    """A webhook asked for it and nobody polls, so nobody would ask again; the call is followed to its end."""
    repo = make_repo({"jobs/__init__.py": "", "jobs/old.py": good("Old")})
    with GitServer(repo.folder.parent) as server:
        _follow_past_a_kill(
            process, repo, add_repository(name="Lab", remote_url=server.url("repo/.git"), poll_interval=0)
        )


def _follow_past_a_kill(process, repo, repository):
    first = process(points="before_db=stop@2")
    wait_until(lambda: GitRepository.objects.get().current_head == repo.head, seconds=60)
    repo.commit({"jobs/old.py": None, "jobs/new.py": good("New")})
    call = signed_call(create_hook(repository, provider="github")[0])
    wait_until(lambda: _is_stopped(first.pid), seconds=60)
    process()
    wait_until(lambda: Component.objects.filter(kind="sync").count() == 2, seconds=60)
    held = Source.objects.get(key="git.lab").is_syncing

    first.kill()
    first.wait()
    wait_until(lambda: GitRepository.objects.get().current_head == repo.head, seconds=15)

    assert held
    delivery = WebhookDelivery.objects.select_related("result").get(pk=call.id)
    wait_until(lambda: state_of(WebhookDelivery.objects.get(pk=call.id)) == "visible")
    lost = JobResult.objects.get(status="errored")
    assert (lost.status_reason, times_lost(delivery.result)) == ("worker_lost", 1)
    assert lost.logs.last().message == f"{LOST} {AGAIN}"


def _is_stopped(pid: int) -> bool:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


@pytest.mark.django_db
def test_f37_rewritten_history_is_followed_wherever_it_leads(follow):
    followed = follow({"jobs/a.py": good("One")})
    first = followed.head
    followed.push({"jobs/a.py": good("Two")})

    followed.repo.git("reset", "-q", "--hard", first)
    followed.sync()
    rewound = (followed.head, followed.installed)
    followed.repo.git("commit", "-q", "--amend", "-m", "Same tree, other id.")
    followed.sync()
    amended = (followed.head, followed.installed)
    followed.repo.git("checkout", "-q", "--orphan", "other")
    followed.repo.commit({"jobs/a.py": good("Three")})
    followed.repo.git("branch", "-q", "-M", "other", "main")
    followed.sync()

    assert rewound == (first, ["a/One"])
    assert amended[0] not in {first, followed.head}
    assert amended[1] == ["a/One"]
    assert (followed.head, followed.installed) == (followed.repo.head, ["a/Three"])


@pytest.mark.django_db
@pytest.mark.parametrize("point", ["blob.half", "before_fsync", "before_rename"])
@pytest.mark.parametrize("error", ["ENOSPC", "EROFS", "EACCES"])
def test_f39_a_full_disk_leaves_the_last_good_and_heals(follow, monkeypatch, point, error):
    followed = follow({"jobs/a.py": good("One")})
    first = followed.head
    monkeypatch.setattr(fail_points, "_PLAN", fail_points.Plan(f"{point}=raise:{error}"))

    failed = followed.push({"jobs/a.py": good("Two")})

    assert (failed.status, followed.head, followed.installed) == ("errored", first, ["a/One"])
    source = Source.objects.get(key="git.lab")
    assert os.strerror(getattr(errno, error)) in source.error
    assert not list(followed.tools.store.folder.glob(".draft-*"))
    monkeypatch.setattr(fail_points, "_PLAN", None)
    followed.sync(automatic=True)
    assert followed.installed == ["a/Two"]


@pytest.mark.django_db
def test_f40_a_poisoned_row_shows_its_error_and_harms_no_other(follow, make_repo):
    followed = follow({"jobs/a.py": good("One")})
    poisoned = add_repository(name="Poison", remote_url=make_repo({"jobs/a.py": good()}, "poison").url)
    GitRepository.objects.filter(pk=poisoned.pk).update(job_paths=7)

    bad = followed.carry_out(request_sync(poisoned.source))
    fine = followed.push({"jobs/a.py": good("Two")})

    assert (bad.status, fine.status) == ("errored", "completed")
    assert "jobyard failed at it" in Source.objects.get(git_repository=poisoned).error


@pytest.mark.django_db
def test_f46_back_and_forth_ends_where_the_branch_is(follow):
    followed = follow({"jobs/a.py": good("One")})
    first = followed.head
    followed.push({"jobs/a.py": good("Two")})
    followed.repo.git("reset", "-q", "--hard", first)

    followed.sync()
    followed.sync()

    kinds = list(RevisionEvent.objects.values_list("revision__identifier", flat=True))
    assert (followed.installed, len(kinds)) == (["a/One"], 3)
    assert kinds[0] == kinds[2] == first


@pytest.mark.django_db
def test_f44_f49_a_damaged_snapshot_is_made_again_by_the_next_sync(follow):
    followed = follow({"jobs/a.py": good("One"), "jobs/b.py": good("Two")})
    digest = Source.objects.get(key="git.lab").revision.snapshot_digest
    victim = followed.tools.store.path(digest) / "jobs/a.py"
    victim.chmod(0o644)
    victim.write_text("")

    followed.sync()

    assert followed.tools.store.verify(digest)
    assert victim.read_text() == good("One")


@pytest.mark.django_db
def test_f95_f205_what_people_decided_survives_renames_removals_and_twenty_syncs(follow):
    followed = follow({"jobs/a.py": good("Kept"), "jobs/b.py": good("Other")})
    Job.objects.filter(job_class_name="Kept").update(enabled=False)
    job = find_job("git.lab/a/Kept")
    run = waiting_run(job)

    for number in range(20):
        followed.push({"jobs/b.py": f"# {number}\n{good('Other')}"})
    followed.repo.git("mv", "jobs/a.py", "jobs/c.py")
    followed.push({})
    renamed = find_job("git.lab/c/Kept")
    followed.repo.git("mv", "jobs/c.py", "jobs/a.py")
    followed.push({})
    followed.push({"jobs/a.py": None})
    gone = find_job("git.lab/a/Kept")
    followed.push({"jobs/a.py": good("Kept")})
    back = find_job("git.lab/a/Kept")

    assert {renamed.pk, gone.pk, back.pk} == {job.pk}
    assert [item.enabled for item in (renamed, gone, back)] == [False] * 3
    assert [item.installed for item in (renamed, gone, back)] == [True, False, True]
    assert JobResult.objects.get(pk=run.pk).job_model_id == job.pk


@pytest.mark.django_db
def test_f206_a_push_that_deletes_every_job_file_waits_and_everything_returns(follow, tmp_path):
    followed = follow({"jobs/a.py": good("A"), "jobs/b.py": good("B")})
    job = find_job("git.lab/a/A")
    run = waiting_run(job)
    digest = run.revision.snapshot_digest

    followed.push({"jobs/a.py": None, "jobs/b.py": None})
    held = (followed.installed, HeldPush.objects.count())
    followed.carry_out(confirm(followed.repository))
    removed = followed.installed
    clean_up(followed.tools)
    code = code_of(run, job, Snapshots())
    task = assignment(Claim(result=run, fence=1), tmp_path, code)
    followed.push({"jobs/a.py": good("A"), "jobs/b.py": good("B")})

    assert held == (["a/A", "b/B"], 1)
    assert removed == []
    assert digest in needed_digests(keep=1)
    assert (task["digest"], task["job_path"]) == (digest, "jobs")
    assert followed.installed == ["a/A", "b/B"]
    assert find_job("git.lab/a/A").pk == job.pk


@pytest.mark.django_db
def test_f207_a_module_that_is_broken_for_three_commits_serves_its_last_good_version_whole(follow):
    uses = "from .support import WORD\n" + good("Serves").replace('"you"', "WORD")
    followed = follow({"jobs/support.py": "WORD = 'old'", "jobs/serves.py": uses})
    first = followed.revision(followed.head)

    for number in range(3):
        followed.push(
            {"jobs/serves.py": f"# {number}\n{SYNTAX_ERROR}", "jobs/support.py": f"WORD = '{number}'"}
        )
    broken = Module.objects.select_related("revision").get(name="serves")
    root = followed.tools.store.path(broken.revision.snapshot_digest)
    served = (
        broken.revision,
        (root / "jobs/support.py").read_text(),
        find_job("git.lab/serves/Serves").installed,
    )
    followed.push({"jobs/serves.py": uses})
    fixed = Module.objects.select_related("revision").get(name="serves")

    assert served == (first, "WORD = 'old'", True)
    assert broken.load_error["line"] == 4
    assert (fixed.load_error, fixed.revision.identifier) == (None, followed.head)
    assert find_job("git.lab/serves/Serves").spec.variables[0].default == "2"


def test_a_fail_point_acts_at_the_hit_that_was_asked_for():
    plan = fail_points.Plan("after_db=raise:ENOSPC@2")

    plan.reach("after_db")
    with pytest.raises(OSError, match="No space left"):
        plan.reach("after_db")
    plan.reach("after_db")


@pytest.mark.parametrize("text", ["nowhere=kill", "after_db=explode"])
def test_a_wrong_plan_is_a_sentence(text):
    with pytest.raises(ValueError, match="JOBYARD_FAILPOINTS"):
        fail_points.Plan(text).reach("after_db")
