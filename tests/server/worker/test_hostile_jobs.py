"""F06, F14, F16, F17, F24, F158: jobs that misbehave end with a reason, alone, and leave nothing behind."""

from __future__ import annotations

import os
import select
from pathlib import Path

import pytest

from jobyard_server.inventory.dcim.models import Region

JOBS = """
    import ctypes, os, resource, shutil, signal, subprocess, sys, threading, time

    from jobyard import Job
    from nautobot.dcim.models import Region


    class Written(Job):
        def run(self, data, commit):
            Region(name="Half", slug="half").save()
            self.log_info(message="begun")
            self.go()


    class Segfaults(Written):
        def go(self):
            ctypes.string_at(0)


    class Aborts(Written):
        def go(self):
            os.abort()


    class LeavesQuietly(Written):
        def go(self):
            os._exit(0)


    class LeavesFromThread(Written):
        def go(self):
            threading.Thread(target=os._exit, args=(0,)).start()
            time.sleep(60)


    class Exits(Written):
        def go(self):
            sys.exit(0)


    class Interrupts(Written):
        def go(self):
            raise KeyboardInterrupt


    class FillsMemory(Written):
        def go(self):
            kept = []
            while True:
                kept.append(bytearray(32 * 1024 * 1024))


    class RaisesItsLimits(Written):
        def go(self):
            for which in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CPU):
                try:
                    resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
                except (OSError, ValueError):
                    continue
                os._exit(9)
            raise OSError("no limit was raised")


    class Recurses(Written):
        def go(self):
            self.go()


    class OpensEverything(Written):
        def go(self):
            kept = []
            while True:
                kept.append(os.open("/dev/null", os.O_RDONLY))


    class WritesTooMuch(Written):
        def go(self):
            with open("large", "wb") as file:
                while True:
                    file.write(bytes(1024 * 1024))


    class DeletesItsFolder(Job):
        def run(self, data, commit):
            shutil.rmtree(os.getcwd(), ignore_errors=True)
            self.log_info(message="deleted")
            return "done"


    class ClosesEverything(Written):
        def go(self):
            os.closerange(0, 1024)
            time.sleep(60)


    class PrintsWithoutEnd(Job):
        def run(self, data, commit):
            line = "x" * 65535 + chr(10)
            for _ in range(64 * 4):
                sys.stdout.write(line)
            return "done"


    class Daemonises(Job):
        def run(self, data, commit):
            for number in range(1, 65):
                try:
                    signal.signal(number, signal.SIG_IGN)
                except (OSError, ValueError):
                    pass
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
                    while True:
                        time.sleep(60)
                os._exit(0)
            self.log_info(message="begun")
            child = subprocess.Popen(["sleep", "600"], start_new_session=True)
            self.log_info(message=str(child.pid))
            while True:
                time.sleep(60)
"""
DIED, RAISED = ("errored", "process_died"), ("errored", "exception")
ENDS = {
    "Segfaults": (DIED, "(signal SIGSEGV)"),
    "Aborts": (DIED, "(signal SIGABRT)"),
    "LeavesQuietly": (DIED, "(exit code 0)"),
    "LeavesFromThread": (DIED, "(exit code 0)"),
    "Exits": (RAISED, "SystemExit"),
    "Interrupts": (RAISED, "KeyboardInterrupt"),
    "FillsMemory": (RAISED, "MemoryError"),
    "RaisesItsLimits": (RAISED, "no limit was raised"),
    "Recurses": (RAISED, "RecursionError"),
    "OpensEverything": (RAISED, "Too many open files"),
    "WritesTooMuch": (RAISED, "File too large"),
    "ClosesEverything": (DIED, "signal SIGKILL"),
}


@pytest.fixture
def hostile(service, settings):
    settings.JOBYARD = {
        **settings.JOBYARD,
        "RUN_MEMORY": 256 * 1024 * 1024,
        "RUN_FILE_BYTES": 4 * 1024 * 1024,
        "CANCEL_GRACE": 0.5,
    }
    service.publish(hostile=JOBS)
    return service


def test_f06_f14_f16_every_one_ends_for_its_own_reason_and_changes_nothing(hostile):
    results = [hostile.submit("hostile", name, commit=True) for name in ENDS]

    for result, (name, (end, words)) in zip(results, ENDS.items(), strict=True):
        ended = hostile.finish(result)
        messages = [row[2] for row in hostile.rows(ended) if row[1] == "failure"]
        assert (name, ended.status, ended.status_reason) == (name, *end), messages
        assert any(words in message for message in messages), (name, messages)
        assert ended.data_committed is False
    assert not Region.objects.exists()
    assert not hostile.loop.runs


def test_f24_a_job_may_delete_its_folder_and_print_without_end(hostile):
    deletes = hostile.run("hostile", "DeletesItsFolder")
    prints = hostile.run("hostile", "PrintsWithoutEnd")

    assert (deletes.status, deletes.output) == ("completed", "\ndone")
    assert (prints.status, prints.output) == ("completed", "\ndone")
    assert len(prints.console) < 1024 * 1024 + 100
    assert "more was printed" in prints.console[-100:]


def test_f17_f158_nothing_is_left_of_a_job_that_daemonises_and_ignores_every_signal(hostile):
    result = hostile.submit("hostile", "Daemonises")
    hostile.turn_until(lambda: result.logs.count() == 2)
    stray = int(hostile.rows(result)[1][2])
    (run,) = hostile.loop.runs
    session = descendants(run.child.pid) | {run.child.pid, stray}

    hostile.inbox.cancel(result.pk, "alice")
    ended = hostile.finish(result)

    assert (ended.status, ended.status_reason) == ("cancelled", "cancelled_by_user")
    assert [row[2] for row in hostile.rows(ended)][-3:-1] == [
        "Job cancelled by alice.",
        "It did not stop within 0.5 seconds and was killed.",
    ]
    assert all(is_gone(pid) for pid in session)


def descendants(pid: int) -> set[int]:
    children = {int(item) for item in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return children.union(*(descendants(child) for child in children))


def is_gone(pid: int) -> bool:
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 5)[0])
    finally:
        os.close(descriptor)
