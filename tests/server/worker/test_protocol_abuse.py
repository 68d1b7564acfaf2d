"""F18 to F20, F24: a job that finds the way to its worker can end itself, and do nothing else."""

from __future__ import annotations

import logging
import os

import pytest

from jobyard_server.inventory.dcim.models import Region
from jobyard_server.runs.models import JobResult
from jobyard_server.worker.console import KEPT_BYTES
from jobyard_server.worker.resident import resident_bytes

MOST_GROWTH = 64 * 1024 * 1024
JOBS = """
    import gc, json, math, os, pickle, struct, sys, time

    from jobyard import IntegerVar, Job
    from jobyard_server.isolation.frames import FrameSocket
    from jobyard_server.isolation.run_task import FrameSink
    from nautobot.dcim.models import Region


    def found(cls):
        return next(item for item in gc.get_objects() if type(item) is cls)


    class Base(Job):
        def run(self, data, commit):
            Region(name="Half", slug="half").save()
            return self.go()

        def raw(self, data):
            found(FrameSocket).socket.sendall(data)


    class Forges(Base):
        def go(self):
            frames = found(FrameSocket)
            for frame in (
                {"event": "result", "status": "completed", "output": "forged", "data_committed": True},
                {"event": "result", "status": "completed", "output": "forged", "nonce": "guessed"},
                {"event": "log", "message": "forged", "nonce": ""},
                {"event": "locks", "names": ["everything"]},
            ):
                frames.send(frame)
            return "own"


    class AddsKeys(Base):
        def go(self):
            sink = found(FrameSink)
            frame = {"event": "log", "message": "x", "nonce": sink._nonce}
            sink._frames.send({**frame, "result_id": "other", "user": "root", "status": "completed"})
            time.sleep(60)


    class SaysNonsense(Base):
        def go(self):
            sink = found(FrameSink)
            sink._frames.send({"event": "result", "status": "running", "nonce": sink._nonce})
            time.sleep(60)


    class AnnouncesFourGigabytes(Base):
        def go(self):
            self.raw(bytes([255]) * 4)
            time.sleep(60)


    class SendsGarbage(Base):
        def go(self):
            self.raw(struct.pack("!I", 7) + b"garbage")
            time.sleep(60)


    class SendsNoObject(Base):
        def go(self):
            self.raw(struct.pack("!I", 4) + b"[42]")
            time.sleep(60)


    class StopsHalfWay(Base):
        def go(self):
            self.raw(struct.pack("!I", 1000) + b"{")
            os._exit(0)


    class ClosesItsEnd(Base):
        def go(self):
            found(FrameSocket).socket.close()
            time.sleep(60)


    class Floods(Base):
        def go(self):
            body = json.dumps({"event": "log", "message": "x" * 10, "nonce": "guessed"}).encode()
            piece = (struct.pack("!I", len(body)) + body) * 1000
            for _ in range(50):
                self.raw(piece)
            return "own"


    class WritesAfterTheEnd(Base):
        def go(self):
            sink = found(FrameSink)
            nonce = sink._nonce
            for frame in (
                {"event": "result", "status": "failed", "reason": "failure_logged", "nonce": nonce},
                {"event": "log", "message": "late", "nonce": nonce},
                {"event": "result", "status": "completed", "nonce": nonce},
            ):
                sink._frames.send(frame)
            time.sleep(60)


    class Poisons(Base):
        which = IntegerVar()

        def run(self, data, commit):
            sink = found(FrameSink)
            piece = {"event": "file", "number": 1, "data": "", "is_last": True}
            frame = [
                {"event": "progress", "done": math.nan, "total": math.inf, "message": ""},
                {"event": "progress", "done": 10 ** 400, "message": ""},
                {**piece, "name": "a" + chr(0xD800)},
                {**piece, "name": "n" * 5000},
                {**piece, "number": 2 ** 70, "name": "x"},
                {"event": "group", "grouping": "a" + chr(0)},
                {"event": "group", "grouping": chr(0xDFFF)},
                {"event": "changes", "rows": ["no json"]},
                {"event": "changes", "rows": [chr(0)]},
                {"event": "log", "message": "x", "created": 1e308},
                {"event": "log", "message": "x", "object_url": chr(0)},
                {"event": "result", "status": "completed", "timings": {"main": math.nan, "load": "x"}},
            ][data["which"]]
            body = json.dumps({**frame, "nonce": sink._nonce}).encode()  # surrogates stay, as escapes
            self.raw(struct.pack("!I", len(body)) + body)
            return "said it"


    class Explodes:
        def __reduce__(self):
            return os.system, ("touch exploded",)

        def __str__(self):
            raise RuntimeError("no text")


    class TellsOddThings(Job):
        def run(self, data, commit):
            cycle = []
            cycle.append(cycle)
            deep = []
            for _ in range(100_000):
                deep = [deep]
            self.job_result.data.update(
                nan=math.nan, endless=math.inf, bytes=b"\\xff\\x00", set={1}, cycle=cycle, deep=deep,
                pickle=pickle.dumps(42), odd=Explodes(), text="a\\x00b\\ud800", huge=10 ** 5000,
            )
            self.log_info(obj=Explodes(), message=Explodes())
            return {"odd": {1, 2}}


    class PrintsOneLine(Job):
        def run(self, data, commit):
            piece = "x" * (1 << 20)
            for _ in range(200):
                sys.stdout.write(piece)
            self.log_info(message="y" * (8 << 20))
            return "z" * (8 << 20)
"""
BROKEN = {
    "AddsKeys": "broke the protocol",
    "SaysNonsense": "broke the protocol",
    "AnnouncesFourGigabytes": "announces 4294967295 bytes",
    "SendsGarbage": "no JSON",
    "SendsNoObject": "no JSON object",
    "StopsHalfWay": "exit code 0",
    "ClosesItsEnd": "ended unexpectedly",
}


@pytest.fixture
def abused(service):
    service.publish(abuses=JOBS)
    return service


def test_f18_frames_without_the_secret_of_the_run_count_for_nothing(abused, caplog):
    caplog.set_level(logging.WARNING)
    result = abused.run("abuses", "Forges", commit=False)

    assert (result.status, result.output, result.data_committed) == ("completed", "\nown", False)
    assert not any("forged" in row[2] for row in abused.rows(result))
    assert result.locks == []
    assert caplog.text.count("frames of nobody") == 1


def test_f19_whoever_breaks_the_protocol_ends_alone_and_changes_nothing(abused):
    other = abused.submit("abuses", "Floods", commit=False)
    results = {name: abused.submit("abuses", name, commit=True) for name in BROKEN}
    before = resident_bytes(os.getpid())

    for name, result in results.items():
        ended = abused.finish(result)
        rows = abused.rows(ended)
        assert (name, ended.status, ended.status_reason) == (name, "errored", "process_died"), rows
        assert BROKEN[name] in rows[-1][2]
        assert ended.data_committed is False
    flood = abused.finish(other)

    assert (flood.status, flood.output, flood.logs.count()) == ("completed", "\nown", 1)  # "reverted"
    assert resident_bytes(os.getpid()) - before < MOST_GROWTH
    assert not Region.objects.exists()


def test_f19_what_no_database_can_hold_ends_its_run_at_the_most_and_never_its_worker(abused):
    poisoned = [abused.submit("abuses", "Poisons", {"which": which}, commit=False) for which in range(12)]

    ended = [abused.finish(result) for result in poisoned]

    assert {(result.status, result.status_reason) for result in ended} <= {
        ("completed", None),
        ("errored", "process_died"),
    }
    assert ended[2].status == "errored"  # the only one that is not made harmless before
    assert [result.status for result in ended].count("errored") == 1
    assert all(abused.rows(result) for result in ended if result.status == "errored")
    assert abused.run("abuses", "Floods").status == "completed"


def test_f19_after_the_result_nothing_counts(abused):
    result = abused.run("abuses", "WritesAfterTheEnd")

    assert (result.status, abused.rows(result)) == ("failed", [])
    assert JobResult.objects.count() == 1


def test_f20_what_authors_tell_becomes_json_and_runs_nowhere(abused, tmp_path):
    result = abused.run("abuses", "TellsOddThings")

    assert result.status == "completed", abused.rows(result)
    told = result.author_data
    assert (told["nan"], told["endless"], told["set"]) == ("nan", "inf", "{1}")
    assert told["text"] == "a\N{REPLACEMENT CHARACTER}b?"
    assert set(told) == {
        *("nan", "endless", "bytes", "set", "cycle", "deep", "pickle", "odd", "text", "huge"),
    }
    assert all(isinstance(told[name], str) for name in ("bytes", "pickle", "odd", "huge"))
    assert abused.rows(result) == [("run", "info", "Explodes")]
    assert not list(tmp_path.rglob("exploded"))


def test_f24_a_line_of_200_mb_and_texts_of_8_mb_are_cut_with_a_mark(abused, settings):
    before = resident_bytes(os.getpid())

    result = abused.run("abuses", "PrintsOneLine")

    assert result.status == "completed"
    assert len(result.console) < KEPT_BYTES + 100
    assert "more was printed" in result.console[-100:]
    message = abused.rows(result)[0][2]
    assert len(message.encode()) < settings.JOBYARD["LOG_MESSAGE_MAX"] + 100
    assert message.endswith("[truncated]")
    assert result.output.endswith("[truncated]")
    assert resident_bytes(os.getpid()) - before < MOST_GROWTH
