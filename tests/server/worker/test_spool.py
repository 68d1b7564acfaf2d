"""F109: what is known to have ended is not lost with the database, nor with its worker."""

from __future__ import annotations

import json
import stat
from contextlib import ExitStack
from uuid import uuid4

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone

from jobyard_server.access.audit import CAME_TOO_LATE
from jobyard_server.access.models import AuditEvent
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.runs.models import JobResult
from jobyard_server.scheduler.reaper import Reaper
from jobyard_server.worker import endings, spool
from jobyard_server.worker import loop as loop_module
from jobyard_server.worker.recorder import Recorder

REPORTS = """
    from jobyard import Job
    from nautobot.dcim.models import Region


    class Reports(Job):
        def run(self, data, commit):
            Region(name="North", slug="north").save()
            self.create_file("report.txt", "all is well")
            for number in range(3):
                self.log_warning(message=f"row {number}")
            return "the answer"
"""

SENSELESS = ["", "no json", "[]", "{}", '{"run": "x", "fence": 1}', json.dumps({"run": str(uuid4())})]


@pytest.fixture
def outage(monkeypatch):
    """From here on the database takes no end and no rows; what it is called for ends that."""
    exits = ExitStack()
    patch = exits.enter_context(pytest.MonkeyPatch.context())

    def refuse(*_arguments, **_values):
        raise OperationalError("the database is away")

    patch.setattr(endings, "write_if_ours", refuse)
    patch.setattr(Recorder, "flush", refuse)
    monkeypatch.setattr(loop_module, "OUTAGE_SECONDS", 0.1)
    with exits:
        yield exits.close


@pytest.fixture
def spooled(service, outage):
    """A run that has ended while the database was away; its file."""
    service.publish(reports=REPORTS)
    result = service.submit("reports", "Reports", commit=True)
    service.turn_until(lambda: any(run.spooled for run in service.loop.runs))
    (path,) = spool.spool_root().iterdir()
    yield result, path
    for left in spool.spool_root().iterdir():
        left.unlink()


def the_worker_dies(service) -> None:
    """Its locks are gone with it, and what it held in memory."""
    for run in service.loop.runs:
        run.spooled._file.close()
        run.spooled = None
        run.is_lost = True
    service.turn_until(lambda: not service.loop.runs)


def assert_whole(service, result: JobResult) -> None:
    result = service.read(result)
    assert (result.status, result.output, result.data_committed) == ("completed", "\nthe answer", True)
    assert [row[2] for row in service.rows(result)] == ["row 0", "row 1", "row 2"]
    assert result.totals["warning"] == 3
    assert [file.name for file in result.output_files.filter(is_complete=True)] == ["report.txt"]
    assert set(result.executed_by) == {"worker", "host", "pid", "version"}
    assert result.completed >= result.claimed_at
    assert Region.objects.filter(slug="north").count() == 1


def test_f109_an_end_that_cannot_be_stored_is_on_the_disk_and_stored_when_it_can_be(service, spooled, outage):
    result, path = spooled
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert spool.deliver() == 0  # its worker lives
    assert path.exists()

    outage()
    service.turn_until(lambda: not service.loop.runs)

    assert_whole(service, result)
    assert not path.exists()


def test_f109_the_next_worker_stores_what_a_dead_one_could_not(service, spooled, outage):
    result, path = spooled
    the_worker_dies(service)
    outage()

    service.loop._next_poll = 0.0
    service.turn_until(lambda: not path.exists())

    assert_whole(service, result)
    assert not path.exists()
    assert not AuditEvent.objects.filter(action=CAME_TOO_LATE).exists()


def test_f109_the_reaper_stores_it_too_before_it_ends_what_is_lost(service, spooled, outage):
    result, path = spooled
    the_worker_dies(service)
    outage()
    JobResult.objects.filter(pk=result.pk).update(lease_until=timezone.now())
    reaper = Reaper()
    reaper._trusts_leases_from = 0.0

    assert reaper.reap() == []

    assert_whole(service, result)
    assert not path.exists()


def test_f109_after_somebody_else_has_decided_it_is_a_note_and_nothing_more(service, spooled, outage):
    result, path = spooled
    the_worker_dies(service)
    outage()
    JobResult.objects.filter(pk=result.pk).update(
        status="errored", status_reason="worker_lost", fence=2, completed=timezone.now()
    )

    assert spool.deliver() == 1

    assert (service.read(result).status, service.rows(result)) == ("errored", [])
    (note,) = AuditEvent.objects.filter(action=CAME_TOO_LATE)
    assert (note.object_id, note.details["status"]) == (str(result.pk), "completed")
    assert not path.exists()


def test_f109_an_end_that_was_stored_though_the_answer_was_lost_is_no_late_one(service, spooled, outage):
    result, path = spooled
    text = path.read_text()
    outage()
    service.turn_until(lambda: not service.loop.runs)
    path.write_text(text)

    assert spool.deliver() == 1

    assert_whole(service, result)
    assert not AuditEvent.objects.filter(action=CAME_TOO_LATE).exists()


def test_f109_an_end_stays_on_the_disk_until_the_database_is_back(service, spooled):
    _, path = spooled
    the_worker_dies(service)

    with pytest.raises(OperationalError):
        spool.deliver()

    assert path.exists()


@pytest.mark.django_db
def test_f109_no_file_stays_for_ever():
    root = spool.spool_root()
    root.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number, text in enumerate(SENSELESS):
        for suffix in ("json", "half"):
            (root / f"{number}.1.{suffix}").write_text(text)

    spool.deliver()

    assert list(root.iterdir()) == []


def test_f109_a_disk_that_is_full_costs_nothing_but_the_safety(service, outage, monkeypatch, caplog):
    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(loop_module, "spool", full)
    service.publish(reports=REPORTS)
    result = service.submit("reports", "Reports", commit=True)
    service.turn_until(lambda: "could not be spooled" in caplog.text)

    outage()

    assert_whole(service, service.finish(result))


def test_rows_whose_commit_was_not_answered_are_stored_once(service, monkeypatch):
    """The connection ends after the server has committed: nobody is told, and everything is there."""
    monkeypatch.setattr(loop_module, "OUTAGE_SECONDS", 0.0)
    real, failures = transaction.Atomic.__exit__, []

    def lose_the_answer(atomic, *error):
        real(atomic, *error)
        if error == (None, None, None) and len(failures) < 2 and JobResult.objects.exists() and rows():
            failures.append(1)
            raise OperationalError("server closed the connection unexpectedly")

    def rows() -> int:
        return JobResult.objects.get().logs.count()

    service.publish(
        talks="""
        import time
        from jobyard import Job


        class Talks(Job):
            def run(self, data, commit):
                for number in range(4):
                    self.log_info(message=str(number))
                    time.sleep(0.3)
    """
    )
    result = service.submit("talks", "Talks")
    monkeypatch.setattr(transaction.Atomic, "__exit__", lose_the_answer)
    result = service.finish(result)

    assert failures
    assert result.status == "completed"
    assert [row[2] for row in service.rows(result)] == ["0", "1", "2", "3"]
