"""``self.create_file`` and ``self.progress``: what goes out of a job, and what is refused."""

from __future__ import annotations

import base64

import pytest

from jobyard import Job, output_files
from jobyard.events import FilePiece, Progress
from jobyard.output_files import OutputFiles, OutputLimits
from jobyard.result import MOST_ROWS, ResultData
from jobyard.testing import run_job


class Events(list):
    emit = list.append


def test_a_file_is_kept_with_its_name_and_content():
    class Leaves(Job):
        def run(self, data, commit):
            made = self.create_file("report.csv", "name,make\nä,1\n")
            self.create_file("raw.bin", b"\x00\xff")
            return f"{made.name} {made.size}"

    run = run_job(Leaves)

    assert run.files == {"report.csv": "name,make\nä,1\n".encode(), "raw.bin": b"\x00\xff"}
    assert run.output == "\nreport.csv 15"


def test_a_large_file_goes_out_in_pieces_of_one_mebibyte():
    events = Events()
    content = bytes(range(256)) * 10_000

    OutputFiles(events, OutputLimits()).create("large", content)

    pieces = [base64.b64decode(piece.data) for piece in events]
    assert b"".join(pieces) == content
    assert max(len(piece) for piece in pieces) == output_files.PIECE_BYTES
    assert [piece.is_last for piece in events] == [False, False, True]


def test_an_empty_file_is_a_file():
    events = Events()

    OutputFiles(events, OutputLimits()).create("empty", "")

    assert events == [FilePiece(number=1, name="empty", data="", is_last=True)]


@pytest.mark.parametrize(
    "name", ["", "  ", ".", "..", "../up", "a/b", "a\\b", "tab\there", "x" * 201, "nul\x00"]
)
def test_a_name_that_is_no_name_is_refused(name):
    with pytest.raises(ValueError, match="is no name for a file"):
        OutputFiles(Events(), OutputLimits()).create(name, "x")


def test_what_is_too_large_or_too_many_is_refused_with_the_limit():
    files = OutputFiles(Events(), OutputLimits(file_bytes=3, files=1))

    with pytest.raises(ValueError, match="has 4 bytes; one file may have 3"):
        files.create("a", "abcd")
    files.create("b", "abc")
    with pytest.raises(ValueError, match="a run may create 1 files"):
        files.create("c", "")


def test_content_is_text_or_bytes():
    with pytest.raises(TypeError, match="not dict"):
        OutputFiles(Events(), OutputLimits()).create("a", {})


def test_progress_says_how_far_it_is():
    class Counts(Job):
        def run(self, data, commit):
            self.progress(1, 3, "first")
            self.progress(2.5)

    events = [event for event in run_job(Counts).events if isinstance(event, Progress)]

    assert events == [Progress(done=1, total=3, message="first"), Progress(done=2.5)]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "3", True, None])
def test_progress_takes_numbers_only(value):
    class Counts(Job):
        def run(self, data, commit):
            self.progress(value)

    assert run_job(Counts).status == "errored"


def test_of_very_many_rows_the_first_stay_in_the_data_and_all_are_counted():
    class Many(Job):
        def run(self, data, commit):
            for number in range(MOST_ROWS + 5):
                self.log_info(message=str(number))
            group = self.result.data["run"]
            return f"{len(group['log'])} {group['log_omitted']} {group['info']}"

    assert run_job(Many).output == f"\n{MOST_ROWS} 5 {MOST_ROWS + 5}"
    assert "log_omitted" not in ResultData().open_group("run")
