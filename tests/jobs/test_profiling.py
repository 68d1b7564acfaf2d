"""The profile of a run that raises, and one that cannot be kept."""

from __future__ import annotations

import tempfile

from tests.jobs.fakes import FakeDatabase, ListSink

from jobyard import Job
from jobyard.events import FilePiece, LogRow
from jobyard.execution import RunContext, execute
from jobyard.output_files import OutputLimits


class Raises(Job):
    def run(self, data, commit):
        raise ValueError("too slow")


def measured(monkeypatch, tmp_path, **options):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    sink = ListSink()
    context = RunContext(
        id="the-run", class_path="local/m/Raises", name="Raises", is_profiled=True, **options
    )
    execute(Raises, context, sink=sink, database=FakeDatabase())
    return sink


def test_a_run_that_raises_leaves_its_profile(monkeypatch, tmp_path):
    sink = measured(monkeypatch, tmp_path)

    (piece,) = [event for event in sink.events if isinstance(event, FilePiece)]
    assert piece.name == "nautobot-jobresult-the-run.pstats"
    assert (tmp_path / piece.name).stat().st_size > 0


def test_a_profile_that_is_too_large_is_told(monkeypatch, tmp_path):
    sink = measured(monkeypatch, tmp_path, output_limits=OutputLimits(file_bytes=10))

    rows = [event for event in sink.events if isinstance(event, LogRow)]
    assert rows[0].message.startswith("The profile is not kept: ")
    assert "ValueError: too slow" in rows[1].message
