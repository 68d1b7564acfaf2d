"""Snapshots for workers whose host lacks them, or on whose disk they were damaged."""

from __future__ import annotations

import os
import shutil
import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection, connections, transaction
from tests.sync.cast import good, wait_until
from tests.sync.test_publishing_faults import DAEMON, process, waiting_run

from jobyard_repos.snapshot import SnapshotStore
from jobyard_server.access.models import User
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import Revision, Source
from jobyard_server.registry.shipment_models import SnapshotPiece, SnapshotRequest
from jobyard_server.registry.shipments import KEPT, ask_for_snapshot, forget_shipments, open_requests
from jobyard_server.registry.snapshots import hold_revision, release_snapshots
from jobyard_server.runs.again import SAME, run_again
from jobyard_server.runs.errors import CannotRunAgain
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.submit import RunRequest, submit
from jobyard_server.worker import courier as courier_module
from jobyard_server.worker.courier import Courier
from jobyard_server.worker.errors import NotStartable, SnapshotAwaited
from jobyard_server.worker.snapshots import Snapshots
from jobyard_sync.clean_up import clean_up
from jobyard_sync.shipping import ship

__all__ = ["process"]  # a fixture
WORKER = "from jobyard_server.cli.parts import worker; worker('default')"

VOLUME_IS_FULL = os.environ.get("JOBYARD_TEST_VOLUME") == "full"


@pytest.fixture
def share_keys(settings) -> None:
    """All processes are one installation."""
    keys = Path(os.environ["JOBYARD_DATA_DIR"]) / "keys"
    for folder in (settings.DATA_DIR, settings.DATA_DIR.with_name("other-host")):
        shutil.copytree(keys, folder / "keys", dirs_exist_ok=True)


@pytest.fixture
def other_host(settings) -> SnapshotStore:
    return SnapshotStore(settings.DATA_DIR.with_name("other-host") / "snapshots")


@pytest.fixture
def courier(transactional_db, other_host) -> Iterator[Courier]:
    """Of the other host; its thread in this process."""
    with Courier(other_host, lambda: None) as made:
        yield made


def ended(run: JobResult) -> JobResult:
    return wait_until(
        lambda: JobResult.objects.filter(pk=run.pk, completed__isnull=False).first(), seconds=40
    )


def damage(store: SnapshotStore, digest: str) -> None:
    file = store.path(digest) / "jobs" / "a.py"
    file.chmod(0o600)
    file.write_text("forged = True\n")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("share_keys")
def test_f51_a_worker_of_another_host_gets_exactly_the_snapshot_of_its_run(follow, process, other_host):
    followed = follow({"jobs/a.py": good("A")})
    user = User.objects.create_superuser("alice", password="x")
    first = waiting_run(find_job("git.lab/a/A"), user)
    followed.push({"jobs/a.py": good("A") + "# newer\n"})
    runs = [first, *(waiting_run(find_job("git.lab/a/A"), user) for _ in range(2))]
    process(DAEMON)
    process(WORKER, JOBYARD_DATA_DIR=str(other_host.folder.parent))

    results = [ended(run) for run in runs]

    assert [result.status for result in results] == ["completed"] * 3
    assert set(other_host.digests()) >= {run.revision.snapshot_digest for run in runs}
    assert all(other_host.verify(digest) for digest in other_host.digests())
    assert set(SnapshotRequest.objects.values_list("store", flat=True)) == {other_host.identity()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("share_keys")
def test_f44_a_damaged_snapshot_is_made_again_while_the_run_waits(follow, process):
    followed = follow({"jobs/a.py": good("A")})
    run = waiting_run(find_job("git.lab/a/A"))
    digest = run.revision.snapshot_digest
    damage(followed.tools.store, digest)
    process(DAEMON)
    process(WORKER)

    assert ended(run).status == "completed"

    assert followed.tools.store.verify(digest)
    assert not SnapshotPiece.objects.exists()  # nothing has to travel on one host


def test_f51_what_exists_nowhere_any_more_ends_the_run_with_a_way_out(follow, courier, other_host):
    followed = follow({"jobs/a.py": good("A")})
    revision = Revision.objects.get()
    followed.tools.store.remove(revision.snapshot_digest)
    Revision.objects.filter(pk=revision.pk).update(identifier="d" * 40)
    snapshots = Snapshots(courier=courier)
    snapshots._store = other_host

    with pytest.raises(SnapshotAwaited):
        snapshots.root(revision.snapshot_digest, revision.pk)
    assert courier.awaited() == [revision.pk]
    ship(wait_until(SnapshotRequest.objects.first), followed.tools)

    wait_until(lambda: not courier.awaited())
    with pytest.raises(NotStartable, match=r"lost and cannot be made again .* latest revision") as caught:
        snapshots.root(revision.snapshot_digest, revision.pk)
    assert "is not on this host" in str(caught.value)
    assert other_host.digests() == []
    assert not open_requests(followed.tools.holder).exists()  # it does not try for ever
    assert open_requests(uuid.uuid4()).exists()  # another sync part may have it


def test_a_snapshot_that_nobody_gives_is_waited_for_within_a_bound(follow, courier, monkeypatch):
    follow({"jobs/a.py": good("A")})
    monkeypatch.setattr(courier_module, "WAIT_SECONDS", 0.3)
    digest = Revision.objects.get().snapshot_digest

    courier.ask(digest, revision=Revision.objects.get().pk)

    wait_until(lambda: courier.problem(digest))
    assert "did not come within" in courier.problem(digest)
    assert courier.awaited() == []


def test_f51_many_who_ask_at_once_are_one_request_and_one_bundle(
    follow, transactional_db, other_host, settings
):
    followed = follow({"jobs/a.py": good("A")})
    digest = Revision.objects.get().snapshot_digest
    third = SnapshotStore(settings.DATA_DIR.with_name("third-host") / "snapshots")
    come = threading.Semaphore(0)
    couriers = [Courier(store, come.release) for store in (other_host, other_host, third)]
    for item in couriers:
        item.__enter__()
    try:
        for item in couriers:
            item.ask(digest)
        wait_until(lambda: SnapshotRequest.objects.count() == 2)
        with ThreadPoolExecutor(2) as threads:
            for request in SnapshotRequest.objects.all():
                threads.submit(_ship, request, followed.tools)
        assert all(come.acquire(timeout=60) for _ in couriers)
    finally:
        for item in couriers:
            item.__exit__()

    assert [store.digests() for store in (other_host, third)] == [[digest], [digest]]
    assert list(SnapshotPiece.objects.values_list("number", flat=True)) == [0]


def _ship(request: SnapshotRequest, tools) -> None:
    ship(request, tools)
    connections.close_all()


@pytest.mark.django_db
def test_shipments_are_forgotten_when_nobody_asks_any_more(follow, other_host):
    followed = follow({"jobs/a.py": good("A")})
    ask_for_snapshot(Revision.objects.get().snapshot_digest, other_host.identity())
    ship(SnapshotRequest.objects.get(), followed.tools)
    forget_shipments()
    assert (SnapshotRequest.objects.count(), SnapshotPiece.objects.count()) == (1, 1)

    request = SnapshotRequest.objects.get()
    SnapshotRequest.objects.update(asked_at=request.asked_at - KEPT)
    SnapshotPiece.objects.update(created=request.asked_at - KEPT)
    forget_shipments()

    assert (SnapshotRequest.objects.count(), SnapshotPiece.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_f47_code_that_clean_up_took_is_not_accepted_and_comes_back_with_its_commit(follow, settings):
    settings.JOBYARD = {**settings.JOBYARD, "SNAPSHOT_KEEP": 1, "ACCEPT_WITHOUT_WORKERS": True}
    followed = follow({"jobs/a.py": good("A")})
    user = User.objects.create_superuser("alice", password="x")
    run = submit(RunRequest(job=find_job("git.lab/a/A"), user=user, data={"who": "you"}))
    first = followed.repo.head
    followed.push({"jobs/a.py": good("A") + "# newer\n"})
    clean_up(followed.tools)
    assert run.revision.snapshot_digest in followed.tools.store.digests()  # it waits
    JobResult.objects.filter(pk=run.pk).update(status="completed", has_sensitive_variables=False)
    run.refresh_from_db()

    clean_up(followed.tools)

    with pytest.raises(CannotRunAgain, match="no longer kept"):
        run_again(run, user, revision=SAME)
    followed.repo.git("reset", "-q", "--hard", first)
    followed.sync()
    assert run_again(JobResult.objects.get(pk=run.pk), user, revision=SAME).revision.identifier == first


@pytest.mark.django_db(transaction=True)
def test_f47_clean_up_and_acceptance_cannot_both_win(follow):
    """Whoever comes second waits for the first, and then sees what it did."""
    followed = follow({"jobs/a.py": good("A")})
    followed.push({"jobs/a.py": good("A") + "# newer\n"})
    older = Revision.objects.exclude(pk=Source.objects.get(key="git.lab").revision_id).get()
    held, released = threading.Event(), []

    def release() -> None:
        held.wait(30)
        released.append(release_snapshots([older.snapshot_digest], keep=0))
        connections.close_all()

    cleaner = threading.Thread(target=release)
    cleaner.start()
    with transaction.atomic():
        assert hold_revision(older)
        held.set()
        wait_until(_somebody_waits_for_a_lock)
        run = waiting_run(find_job("git.lab/a/A"))
        JobResult.objects.filter(pk=run.pk).update(revision=older)
    cleaner.join(30)
    assert released == [set()]

    JobResult.objects.filter(pk=run.pk).update(status="completed")
    assert release_snapshots([older.snapshot_digest], keep=0) == {older.snapshot_digest}
    with transaction.atomic():
        assert not hold_revision(older)


@pytest.mark.django_db(transaction=True)
def test_f47_in_many_tries_no_run_is_accepted_whose_files_are_taken(follow):
    """10,000 tries with ``JOBYARD_TEST_VOLUME=full``: two minutes; the race is the same in each."""
    followed = follow({"jobs/a.py": good("A")})
    followed.push({"jobs/a.py": good("A") + "# newer\n"})
    older = Revision.objects.exclude(pk=Source.objects.get(key="git.lab").revision_id).get()
    run = waiting_run(find_job("git.lab/a/A"))
    both = threading.Barrier(2)
    outcomes = Counter()

    def accept() -> bool:
        both.wait(60)
        with transaction.atomic():
            JobResult.objects.filter(pk=run.pk).update(revision=older, status="pending")
            is_held = hold_revision(older)
            if not is_held:
                transaction.set_rollback(True)
        return is_held

    def release() -> bool:
        both.wait(60)
        return bool(release_snapshots([older.snapshot_digest], keep=0))

    def close() -> None:
        both.wait(60)  # each in its own thread
        connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        for _ in range(10_000 if VOLUME_IS_FULL else 150):
            JobResult.objects.filter(pk=run.pk).update(revision=None, status="completed")
            Revision.objects.filter(pk=older.pk).update(is_kept=True)
            accepted, released = threads.submit(accept), threads.submit(release)
            outcomes[accepted.result(60), released.result(60)] += 1
        for done in [threads.submit(close) for _ in range(2)]:
            done.result(60)

    assert set(outcomes) <= {(True, False), (False, True)}, outcomes


def _somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
