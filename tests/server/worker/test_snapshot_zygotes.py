"""Modules are loaded once for many runs, and what an import leaves behind keeps them from being shared."""

from __future__ import annotations

import os
import signal

import pytest

COUNTS = """
    import os
    from jobyard import Job

    LOADED_BY = os.getpid()


    class Tells(Job):
        def run(self, data, commit):
            return f"{os.getpid() == LOADED_BY} {os.getpid()}"
"""
READS = """import contextlib; from nautobot.dcim.models import Region
    with contextlib.suppress(Exception): Region.objects.exists()"""
HELD = "\nFalse"  # loaded by another process, its zygote


def output(service, module="tells", name="Tells") -> str:
    result = service.run(module, name)
    assert result.status == "completed", (service.rows(result), result.console)
    return result.output


def until_held(service) -> None:
    service.turn_until(lambda: service.loop._zygotes._snapshots and not service.loop._zygotes._loading)


def until_given_up(service) -> None:
    service.turn_until(lambda: service.loop._zygotes._hopeless)


def test_later_runs_are_forked_from_loaded_modules_each_in_a_process_of_its_own(service):
    service.publish(tells=COUNTS)

    first = output(service)
    until_held(service)
    later = [output(service) for _ in range(3)]

    assert first.startswith("\nTrue")
    assert all(text.startswith(HELD) for text in later)
    assert len(set(later)) == 3


def test_a_new_revision_takes_over_and_both_are_right(service):
    service.publish(tells=COUNTS)
    output(service)
    until_held(service)
    service.publish(tells=COUNTS.replace("return f", "return 'new ' + f"))

    assert output(service).startswith("\nnew True")
    service.turn_until(lambda: len(service.loop._zygotes._snapshots) == 2)
    assert output(service).startswith("\nnew False")


def test_another_module_of_the_snapshot_joins_the_first(service):
    service.publish(tells=COUNTS, other=COUNTS)
    output(service)
    until_held(service)
    output(service, "other")
    service.turn_until(lambda: any(len(z.modules) == 2 for z in service.loop._zygotes._snapshots.values()))

    assert output(service).startswith(HELD)
    assert output(service, "other").startswith(HELD)


@pytest.mark.parametrize(
    "leaves",
    [
        "import threading; threading.Thread(target=threading.Event().wait, daemon=True).start()",
        "import os; os.posix_spawn('/bin/sleep', ['sleep', '9'], {})",
        "import socket; kept = socket.create_server(('127.0.0.1', 0)).detach()",
        READS,
        "import os; kept = os.open('/dev/null', os.O_RDONLY)",
    ],
    ids=["thread", "child", "port", "query", "file"],
)
def test_f89_what_an_import_leaves_behind_is_not_shared(service, leaves):
    service.publish(tells=COUNTS + f"\n    {leaves}\n")

    output(service)
    until_given_up(service)

    assert output(service).startswith("\nTrue")


def test_runs_go_on_when_their_zygote_is_let_go(service):
    service.publish(
        slow="""
        import time
        from jobyard import Job


        class Slow(Job):
            def run(self, data, commit):
                self.log_info(message="in")
                time.sleep(0.5)
                return "done"
    """
    )
    service.run("slow", "Slow")
    until_held(service)
    result = service.submit("slow", "Slow")
    service.turn_until(result.logs.exists)
    zygotes = service.loop._zygotes

    zygotes._retire(next(iter(zygotes._snapshots.values())))

    assert service.finish(result).output == "\ndone"
    service.turn_until(lambda: not zygotes._retired)


def test_f26_what_comes_after_the_import_is_not_shared_either(service):
    """The module opens a file after its import was found to have left nothing."""
    late = """
    import signal
    signal.signal(signal.SIGHUP, lambda *_: globals().setdefault('kept', os.open('/dev/null', os.O_RDONLY)))
"""
    service.publish(tells=COUNTS + late)
    output(service)
    until_held(service)
    (zygote,) = service.loop._zygotes._snapshots.values()

    os.kill(zygote._child.pid, signal.SIGHUP)
    service.turn_until(lambda: output(service) and service.loop._zygotes._hopeless)

    assert output(service).startswith("\nTrue")


def test_f26_a_base_that_has_grown_is_replaced_and_runs_go_on(service, monkeypatch):
    service.publish(tells=COUNTS)
    zygotes = service.loop._zygotes
    before = zygotes.base.pid
    zygotes._first_memory = 1

    first = output(service)
    service.turn_until(lambda: zygotes.base.pid != before)

    assert first.startswith("\nTrue")
    assert output(service)
