"""Runs from the claim to the stored end: real children, real database."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from django.utils import timezone

from jobyard import statuses
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.isolation import code_stamp
from jobyard_server.registry.models import GitRepository, Revision, Source
from jobyard_server.registry.places import snapshot_store
from jobyard_server.runs.cancel import request_cancel
from jobyard_server.runs.models import JobResult
from jobyard_server.worker import zygotes

WRITES = """
    from jobyard import Job
    from nautobot.dcim.models import Region


    class Writes(Job):
        class Meta:
            has_sensitive_variables = False

        def run(self, data, commit):
            Region(name="North", slug="north").validated_save()
            self.log_success(obj=Region.objects.get(slug="north"), message="made")
            print("printed")
            return "made one"
"""

WAITS = """
    import pathlib, time
    from jobyard import Job


    class Waits(Job):
        def run(self, data, commit):
            self.log_info(message="it runs")
            while not pathlib.Path("{flag}").exists():
                time.sleep(0.02)
"""


def test_a_commit_run_keeps_its_rows_and_says_so(service):
    service.publish(writes=WRITES)

    result = service.run("writes", "Writes", commit=True)

    assert (result.status, result.status_reason, result.data_committed) == ("completed", None, True)
    assert Region.objects.filter(slug="north").exists()
    assert service.rows(result) == [("run", "success", "made")]
    assert result.output == "\nmade one"
    assert result.console == "printed\n"
    assert result.started is not None
    assert result.completed is not None
    assert result.started <= result.completed
    assert result.counters == [
        {"grouping": "run", "rows": 1, "success": 1, "info": 0, "warning": 0, "failure": 0}
    ]


def test_a_dry_run_leaves_no_row_behind(service):
    service.publish(writes=WRITES)

    result = service.run("writes", "Writes", commit=False)

    assert (result.status, result.data_committed) == ("completed", False)
    assert not Region.objects.exists()
    assert service.rows(result)[-1] == ("run", "info", "Database changes have been reverted automatically.")


def test_an_exception_reverts_and_is_explained_with_the_path_in_the_source(service):
    service.publish(
        breaks="""
        from jobyard import Job
        from nautobot.dcim.models import Region


        class Breaks(Job):
            def run(self, data, commit):
                Region(name="North", slug="north").save()
                raise ValueError("no way")

            def post_run(self):
                self.log_info(message=f"failed: {self.failed}")
    """
    )

    result = service.run("breaks", "Breaks", commit=True)

    assert (result.status, result.status_reason) == ("errored", "exception")
    assert not Region.objects.exists()
    (_, level, message), reverted, after = service.rows(result)
    assert level == "failure"
    assert message.startswith("An exception occurred: `ValueError: no way`\n```\n")
    assert "local/breaks.py:9" in message
    assert reverted == ("run", "info", "Database changes have been reverted due to error.")
    assert after == ("post_run", "info", "failed: True")


def test_a_failing_test_marks_the_run_and_the_others_still_run(service):
    service.publish(
        report="""
        from jobyard import Job


        class Report(Job):
            def test_one(self):
                self.log_failure(message="bad")

            def test_two(self):
                self.log_success(message="good")
    """
    )

    result = service.run("report", "Report")

    assert (result.status, result.status_reason) == ("failed", "failure_logged")
    assert [row[0] for row in service.rows(result)] == ["test_one", "test_two"]


def test_inputs_arrive_as_python_values_and_secrets_are_gone_afterwards(service):
    service.publish(
        takes="""
        from django.forms import PasswordInput
        from jobyard import IPNetworkVar, Job, StringVar


        class Takes(Job):
            class Meta:
                has_sensitive_variables = False

            network = IPNetworkVar()
            password = StringVar(widget=PasswordInput)

            def run(self, data, commit):
                self.log_info(message=f"{data['network'].size} {data['password']}")
    """
    )

    result = service.run("takes", "Takes", {"network": "192.0.2.0/24", "password": "hunter22"})

    assert service.rows(result)[0] == ("run", "info", "256 (redacted)")
    assert result.inputs == {"network": "192.0.2.0/24"}


def test_a_child_that_is_killed_ends_the_run_with_the_signal_in_the_message(service):
    service.publish(
        dies="""
        import os, signal
        from jobyard import Job


        class Dies(Job):
            def run(self, data, commit):
                self.log_info(message="about to die")
                os.kill(os.getpid(), signal.SIGKILL)


        class Leaves(Job):
            def run(self, data, commit):
                os._exit(0)
    """
    )

    killed = service.run("dies", "Dies")
    left = service.run("dies", "Leaves")

    assert (killed.status, killed.status_reason) == ("errored", "process_died")
    assert service.rows(killed) == [
        ("run", "info", "about to die"),
        ("run", "failure", "The job process ended unexpectedly (signal SIGKILL)."),
    ]
    assert (left.status, left.status_reason) == ("errored", "process_died")
    assert service.rows(left)[-1][2] == "The job process ended unexpectedly (exit code 0)."


def test_f15_the_soft_limit_raises_in_the_job_and_the_hard_limit_kills_it(service):
    service.publish(
        slow="""
        import time
        from celery.exceptions import SoftTimeLimitExceeded
        from jobyard import Job


        class Catches(Job):
            class Meta:
                soft_time_limit = 1

            def run(self, data, commit):
                try:
                    time.sleep(60)
                except SoftTimeLimitExceeded:
                    self.log_warning(message="in time")


        class Uncaught(Job):
            class Meta:
                soft_time_limit = 1

            def run(self, data, commit):
                time.sleep(60)


        class Stubborn(Job):
            class Meta:
                soft_time_limit = 1
                time_limit = 2

            def run(self, data, commit):
                while True:
                    try:
                        time.sleep(60)
                    except BaseException:
                        pass
    """
    )
    asked = [service.submit("slow", name) for name in ("Catches", "Uncaught", "Stubborn")]

    catches, uncaught, stubborn = [service.finish(result) for result in asked]

    assert catches.status == "completed"
    assert (uncaught.status, uncaught.status_reason) == ("timed_out", "soft_time_limit")
    assert (stubborn.status, stubborn.status_reason) == ("timed_out", "hard_time_limit")
    assert service.rows(stubborn)[-1][2] == "The job was stopped after 2 seconds (hard time limit)."


def test_a_running_job_can_be_cancelled_and_its_changes_are_reverted(service):
    service.publish(
        loops="""
        import time
        from jobyard import Job
        from nautobot.dcim.models import Region


        class Loops(Job):
            def run(self, data, commit):
                Region(name="North", slug="north").save()
                self.log_info(message="looping")
                try:
                    while True:
                        time.sleep(0.05)
                except Exception:
                    self.log_info(message="never caught")
    """
    )
    result = service.submit("loops", "Loops", commit=True)
    service.turn_until(result.logs.exists)

    request_cancel(result, service.user)
    service.inbox.cancel(result.pk, "alice")
    result = service.finish(result)

    assert (result.status, result.status_reason) == ("cancelled", "cancelled_by_user")
    assert [row[2] for row in service.rows(result)] == [
        "looping",
        "Job cancelled by alice.",
        "Database changes have been reverted automatically.",
    ]
    assert not Region.objects.exists()


def test_a_waiting_run_is_cancelled_at_once_and_never_claimed(service):
    service.publish(writes=WRITES)
    result = service.submit("writes", "Writes", commit=True)

    cancelled = request_cancel(result, service.user)
    service.inbox.wake_up()
    service.loop.turn()

    assert cancelled.status == "cancelled"
    assert not service.loop.runs


def test_a_run_uses_the_code_of_its_acceptance_even_if_newer_code_is_in_service(service):
    service.publish(
        versions="from jobyard import Job\nclass V(Job):\n    def run(self, data, commit): return 'old'\n"
    )
    result = service.submit("versions", "V")
    service.publish(
        versions="from jobyard import Job\nclass V(Job):\n    def run(self, data, commit): return 'new'\n"
    )

    assert service.finish(result).output == "\nold"
    assert service.run("versions", "V").output == "\nnew"


def test_a_run_that_lost_its_lease_can_neither_commit_nor_write(service):
    service.publish(
        waits="""
        import pathlib, time
        from jobyard import Job, StringVar
        from nautobot.dcim.models import Region


        class Waits(Job):
            def run(self, data, commit):
                Region(name="North", slug="north").save()
                self.log_info(message="wrote")
                time.sleep(60)
    """
    )
    result = service.submit("waits", "Waits", commit=True)
    service.turn_until(result.logs.exists)
    JobResult.objects.filter(pk=result.pk).update(
        status=statuses.ERRORED, status_reason=statuses.WORKER_LOST, completed=timezone.now(), fence=99
    )

    service.loop.runs[0].recorder.open_group("late")
    service.loop.runs[0].lose()
    service.turn_until(lambda: not service.loop.runs)

    assert service.read(result).fence == 99
    assert not Region.objects.exists()


def test_f22_what_changed_between_request_and_start_stops_the_run_before_any_author_code(service):
    service.publish(writes=WRITES)
    result = service.submit("writes", "Writes", commit=True)
    job = service.job("writes", "Writes")
    job.enabled = False
    job.save()

    result = service.finish(result)

    assert (result.status, result.status_reason) == ("errored", "initialization")
    assert service.rows(result) == [("initialization", "failure", "Job Writes is not enabled to be run!")]
    assert not Region.objects.exists()


def test_f22_accounts_and_jobs_that_are_gone_by_then_stop_the_run_too(service):
    service.publish(writes=WRITES, others=WRITES)
    by_alice, of_gone = service.submit("writes", "Writes"), service.submit("others", "Writes")
    type(service.user).objects.update(is_active=False)
    service.job("others", "Writes").delete()

    ended = [service.finish(result) for result in (by_alice, of_gone)]

    assert {(result.status, result.status_reason) for result in ended} == {("errored", "initialization")}
    assert [service.rows(result)[0][2] for result in ended] == [
        "The user who asked for this run is gone or not active any more.",
        'Unable to locate job "local/others/Writes" to run it!',
    ]
    assert not Region.objects.exists()


def test_f146_a_run_that_waits_ends_when_the_signature_of_its_code_is_taken_back(service):
    service.publish(writes=WRITES)
    result = service.submit("writes", "Writes", commit=True)
    repository = GitRepository.objects.create(name="x", slug="x", signature_policy="tag")
    Source.objects.update(git_repository=repository)
    Revision.objects.update(signature_state="refused", signature_note="The key that signed it was revoked.")

    result = service.finish(result)

    assert (result.status, result.status_reason) == ("errored", "initialization")
    assert service.rows(result)[0][2].endswith("is not trusted any more: The key that signed it was revoked.")
    assert not Region.objects.exists()


def test_a_damaged_snapshot_is_not_executed(service):
    service.publish(writes=WRITES)
    result = service.submit("writes", "Writes", commit=True)
    snapshot = result.revision.snapshot_digest
    from jobyard_server.worker.snapshots import Snapshots

    root = Snapshots().root(snapshot)
    file = root / "writes.py"
    file.chmod(0o600)
    file.write_text(file.read_text().replace("made one", "forged"))

    result = service.finish(result)

    assert (result.status, result.status_reason) == ("errored", "initialization")
    assert "was changed on disk" in service.rows(result)[0][2]


VERSION = """
    import time

    from jobyard import Job
    import numbered


    class Tells(Job):
        class Meta:
            has_sensitive_variables = False

        def run(self, data, commit):
            import later
            return f"{numbered.NUMBER} {later.NUMBER} {MINE}"


    MINE = %d
"""


def test_f41_runs_execute_their_own_version_whatever_is_pushed_meanwhile(service):
    asked = []
    for number in range(8):
        text = f"NUMBER = {number}"
        service.publish(tells=VERSION % number, numbered=text, later=text)
        asked.append((number, service.submit("tells", "Tells")))

    outputs = {number: service.finish(result).output.strip() for number, result in asked}
    assert outputs == {number: f"{number} {number} {number}" for number in range(8)}


def test_f51_without_its_snapshot_a_run_ends_and_never_takes_another(service):
    service.publish(writes=WRITES)
    lost = service.submit("writes", "Writes", commit=True)
    service.publish(writes=WRITES.replace("made one", "made another"))
    snapshot_store().remove(lost.revision.snapshot_digest)

    lost = service.finish(lost)
    fine = service.run("writes", "Writes", commit=True)

    assert (lost.status, lost.status_reason) == ("errored", "initialization")
    assert "is not on this host: sync its source" in service.rows(lost)[0][2]
    assert fine.output == "\nmade another"


def test_more_runs_than_slots_wait_for_their_turn(service):
    service.publish(
        writes=WRITES.replace('Region(name="North", slug="north").validated_save()', "pass").replace(
            'obj=Region.objects.get(slug="north"), ', ""
        )
    )
    asked = [service.submit("writes", "Writes") for _ in range(9)]

    ended = [service.finish(result) for result in asked]

    assert {result.status for result in ended} == {"completed"}


def test_a_dead_zygote_is_replaced_and_the_next_run_works(service):
    service.publish(writes=WRITES)
    os.kill(service.loop._zygotes.base.pid, signal.SIGKILL)

    assert service.run("writes", "Writes", commit=True).status == "completed"


def test_f28_after_an_upgrade_on_disk_runs_go_on_and_new_ones_begin_on_the_new_code(
    service, settings, tmp_path, monkeypatch
):
    go_on, installed = tmp_path / "go-on", tmp_path / "package"
    settings.JOBYARD = {**settings.JOBYARD, "SANDBOX_READ": [tmp_path], "LEASE_SECONDS": 600.0}
    installed.touch()
    monkeypatch.setattr(code_stamp, "PLACES", (str(installed),))
    monkeypatch.setattr(zygotes, "STAMP_SECONDS", 0.0)
    service.loop._zygotes._stamp = service.loop._zygotes._first_stamp = code_stamp.code_stamp()
    service.publish(writes=WRITES, waits=WAITS.format(flag=go_on))
    running = service.submit("waits", "Waits")
    service.turn_until(lambda: bool(service.rows(running)))
    old = service.loop._zygotes.base.pid

    installed.unlink()
    installed.write_text("newer")
    service.turn_until(lambda: service.loop._zygotes.base.pid != old)

    newer = service.submit("writes", "Writes", commit=True)
    service.turn_until(lambda: service.read(newer).status == "completed")
    go_on.touch()
    ended = service.finish(running)
    assert ended.status == "completed", service.rows(ended)


def test_the_working_folder_of_a_run_is_gone_afterwards(service, settings):
    service.publish(
        files="""
        import os, pathlib
        from jobyard import Job


        class Files(Job):
            def run(self, data, commit):
                pathlib.Path("left.txt").write_text("x")
                return os.getcwd()
    """
    )

    result = service.run("files", "Files")

    folder = result.output.strip()
    assert folder.endswith(str(result.pk))
    assert not Path(folder).exists()


def test_an_uploaded_file_reaches_the_job_and_is_gone_afterwards(service):
    from django.core.files.uploadedfile import SimpleUploadedFile

    service.publish(
        reads="""
        from jobyard import FileVar, Job


        class Reads(Job):
            document = FileVar()

            def run(self, data, commit):
                file = data["document"]
                return f"{file.name} {file.size} {file.read(3)!r}"
    """
    )
    content = b"abc" + b"x" * 3_000_000
    upload = SimpleUploadedFile("../evil/name.txt", content, "text/plain")

    result = service.run("reads", "Reads", {}, files={"document": upload})

    assert result.output == f"\nname.txt {len(content)} b'abc'"
    assert not result.input_files.exists()


def test_ten_thousand_rows_are_stored_in_order(service):
    service.publish(
        many="""
        from jobyard import Job


        class Many(Job):
            def run(self, data, commit):
                for number in range(10_000):
                    self.log_info(message=str(number))
    """
    )

    result = service.run("many", "Many")

    messages = list(result.logs.order_by("sequence").values_list("message", flat=True))
    assert messages[:10_000] == [str(number) for number in range(10_000)]
    assert result.totals["info"] == 10_000
