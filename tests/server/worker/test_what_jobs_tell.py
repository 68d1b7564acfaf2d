"""F188, F191, F192, F194: secrets, floods and forgeries in what a job logs and prints."""

from __future__ import annotations

import json
import os
import time
import uuid
from types import SimpleNamespace

import pytest

from jobyard.events import LogRow
from jobyard_server.live.steps import View, next_step
from jobyard_server.runs.log_export import described
from jobyard_server.runs.models import JobLogEntry
from jobyard_server.runs.redaction import MARK, Redactor
from jobyard_server.worker.console import KEPT_BYTES, Console
from jobyard_server.worker.recorder import Recorder

SECRET = 'hunter/22 "swordfish"'
LEAKS = """
    import base64
    import json
    import sys
    from urllib.parse import quote

    from django.forms import PasswordInput
    from jobyard import Job, StringVar


    class Leaks(Job):
        password = StringVar(widget=PasswordInput)
        fails = StringVar(required=False)

        class Meta:
            has_sensitive_variables = True

        def run(self, data, commit):
            secret = data["password"]
            for text in (
                secret,
                json.dumps({"password": secret}),
                quote(secret),
                base64.b64encode(secret.encode()).decode(),
                base64.b64encode(f"user:{secret}".encode()).decode(),
            ):
                self.log_info(message=f"told {text} told")
                print(text)
            sys.stdout.write("again " + secret[:6])
            sys.stdout.flush()
            sys.stdout.write(secret[6:] + " end\\n")
            self.log_info(obj=secret, message="about it")
            if data["fails"]:
                raise ValueError(f"cannot log in with {secret}")
            return f"output {secret}"
"""


@pytest.mark.parametrize("fails", ["", "yes"], ids=["returned", "raised"])
def test_f188_a_secret_is_in_no_row_and_in_no_console_text(service, fails):
    service.publish(leaks=LEAKS)

    result = service.run("leaks", "Leaks", {"password": SECRET, "fails": fails})

    rows = JobLogEntry.objects.filter(job_result=result).order_by("sequence")
    told = "\n".join(f"{row.message} {row.log_object}" for row in rows)
    for text in (told, result.console):
        assert "hunter" not in text
        assert "swordfish" not in text
        assert "aHVudGVy" not in text
        assert text.count(MARK) >= 5
    assert f"again {MARK} end" in result.console
    if fails:
        assert f"cannot log in with {MARK}" in told
    else:
        assert f"output {SECRET}" in result.output  # what a job returns is its author's word
    assert SECRET not in str(result.inputs)


def recorder() -> Recorder:
    claim = SimpleNamespace(result=SimpleNamespace(pk=uuid.uuid4()), fence=1)
    return Recorder(claim, Redactor())


def row(**values: object) -> LogRow:
    return LogRow(**{"grouping": "run", "level": "info", "message": "x", "created": time.time(), **values})


@pytest.mark.parametrize("level", ["system", "SYSTEM", "critical", "", "success\n", 7, None])
def test_f192_a_level_that_there_is_not_is_none(level):
    found = recorder()

    found.add(row(level=level))

    assert found._rows[0].level == "default"


@pytest.mark.parametrize("moment", [0, -1e18, 1e18, float("inf"), "2000-01-01", None])
def test_f192_a_row_is_from_now_whatever_it_says(moment):
    found, now = recorder(), time.time()

    found.add(row(created=moment))

    assert abs(found._rows[0].created.timestamp() - now) < 60


def test_f192_rows_are_numbered_by_us():
    found = recorder()
    for text in ("one", "two", "[system] the run was approved"):
        found.add(row(message=text))

    assert [stored.sequence for stored in found._rows] == [1, 2, 3]


def printed(*pieces: bytes) -> Console:
    console = Console(Redactor())
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    for piece in pieces:
        for start in range(0, len(piece), 32 * 1024):
            os.write(writing, piece[start : start + 32 * 1024])
            console.read(reading)
    os.close(writing)
    console.read(reading)
    os.close(reading)
    return console


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (b"no line break", "no line break"),
        (b"10 %\r50 %\r100 %\n", "10 %\r50 %\r100 %\n"),
        (b"\xff\xfe\x00\x01binary\x80", "��\ufffd\x01binary�"),
        (b"halb" + "ü".encode()[:1], "halb�"),
    ],
    ids=["no end", "progress", "binary", "half a letter"],
)
def test_f191_whatever_is_printed_is_text(written, kept):
    assert printed(written).text == kept


def test_f191_letters_may_come_in_pieces():
    assert printed("ü".encode()[:1], "ü".encode()[1:]).text == "ü"


def test_f191_a_million_lines_are_kept_from_the_beginning_and_marked():
    lines = b"".join(b"%06d\n" % number for number in range(1_000_000))

    text = printed(lines).text

    kept = text.splitlines()
    assert kept[:3] == ["000000", "000001", "000002"]
    assert kept[:1000] == sorted(kept[:1000])
    assert "left out" in text
    assert len(text) < KEPT_BYTES + 200


DIES = """
    import os
    import signal

    from jobyard import Job


    class Dies(Job):
        def run(self, data, commit):
            for number in range(5):
                self.log_info(message=str(number))
            os.kill(os.getpid(), signal.SIGKILL)
"""


def test_f194_those_who_watched_and_those_who_come_later_see_the_same(service):
    service.publish(dies=DIES)
    result = service.submit("dies", "Dies")
    view, seen = View(result=result.pk), []

    def look() -> bool:
        nonlocal view
        step = next_step(view)
        view = step.view
        seen.extend(event for event in step.events if b"event: log" in event)
        return step.has_ended

    service.turn_until(look)
    service.turn_until(lambda: not service.loop.runs)

    stored = JobLogEntry.objects.filter(job_result=result).order_by("sequence")
    live = [item for event in seen for item in _data(event)]
    assert live == [described(entry) for entry in stored]
    assert [entry.message for entry in stored][:5] == ["0", "1", "2", "3", "4"]
    assert "SIGKILL" in stored.last().message


def _data(event: bytes) -> list[dict[str, object]]:
    (line,) = [line for line in event.splitlines() if line.startswith(b"data: ")]
    return json.loads(line.removeprefix(b"data: "))
