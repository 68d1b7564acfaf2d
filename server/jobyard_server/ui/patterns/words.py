"""Statuses, levels, badges, times: the smallest components."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from jobyard import events, statuses
from jobyard_server.registry.models import Job
from jobyard_server.ui import components
from jobyard_server.ui.jobs.line_html import job_badges
from jobyard_server.ui.patterns.pattern import Pattern, State
from jobyard_server.ui.patterns.samples import ago, job, module, source
from jobyard_server.ui.repositories.state import HELD, IN_STEP, NEVER, SYNCING, WAITING, state_of
from jobyard_server.ui.schedules.words import STATES


def words() -> list[Pattern]:
    return [
        Pattern(
            title="Statuses",
            about="Colour, icon and always a word.",
            states=[
                State(
                    label="of results", html=_all(components.status_badge(word) for word in statuses.LABELS)
                ),
                State(label="of sources", html=_all(components.status_badge(*pair) for pair in _sources())),
                State(
                    label="of schedules",
                    html=_all(components.status_badge(*pair) for pair in STATES.values()),
                ),
            ],
        ),
        Pattern(
            title="Counters",
            about="How many rows of each level a log has.",
            states=[
                State(
                    label="some, thousands, none",
                    html=_all(
                        components.counter_chips(dict.fromkeys(events.COUNTED_LEVELS, number))
                        for number in (3, 12_345, 0)
                    ),
                )
            ],
        ),
        Pattern(
            title="Badges of a job",
            about="What is special about it; most jobs have none.",
            states=[State(label="all of them", html=job_badges(_special()))],
        ),
        Pattern(
            title="Times",
            about="How long ago in the text, the exact time in the title.",
            states=[
                State(
                    label="from just now to long ago",
                    html=_all(
                        components.time_ago(ago(seconds=seconds)) for seconds in (1, 50, 500, 5e4, 5e5, 5e7)
                    ),
                )
            ],
        ),
    ]


def _sources() -> list[tuple[str, str]]:
    failed = state_of(source(error="It does not answer."), is_waiting=False, broken_count=0)
    broken = state_of(source(), is_waiting=False, broken_count=2)
    return [(state.tone, state.word) for state in (SYNCING, WAITING, HELD, NEVER, failed, broken, IN_STEP)]


def _special() -> Job:
    broken = module(load_error={"message": "NameError"})
    return job(module=broken, enabled=False, hidden=True, read_only=True)


def _all(pieces: Iterable[SafeString]) -> SafeString:
    return format_html_join(" ", "{}", ((piece,) for piece in pieces))
