"""Events become frames and come back; frames of strangers are refused."""

from __future__ import annotations

import json

import pytest

from jobyard.events import GroupOpened, LogRow, Progress, Result, Started, from_frame, to_frame

EVENTS = [
    Started(),
    GroupOpened(grouping="run"),
    LogRow(message="m", level="info", grouping="g", object_text="o", object_url="/o/", created=1.5),
    Progress(done=1, total=2, message="half"),
    Result(status="failed", reason="failure_logged", output="o", author_data={"a": [1]}, data_committed=True),
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_survives_its_frame(event):
    assert from_frame(json.loads(json.dumps(to_frame(event)))) == event


@pytest.mark.parametrize(
    "frame",
    [
        {},
        {"event": "nonsense"},
        {"event": "log"},
        {"event": "started", "more": 1},
        {"event": 5},
        {"event": "log", "message": 5},
        {"event": "log", "message": "m", "level": ["info"]},
        {"event": "log", "message": "m", "created": "now"},
        {"event": "log", "message": "m", "object_text": 5},
        {"event": "result", "status": None},
        {"event": "result", "status": "failed", "author_data": []},
        {"event": "progress", "done": "x"},
        {"event": ["log"]},
    ],
)
def test_a_frame_that_is_no_event_is_refused(frame):
    with pytest.raises(ValueError, match="frame"):
        from_frame(frame)
