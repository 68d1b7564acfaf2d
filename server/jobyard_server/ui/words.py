"""What statuses, reasons and levels are called, and which icon goes with them. The colour is in the CSS."""

from __future__ import annotations

from typing import Final

from jobyard import events, statuses

STATUS_ICONS: Final = {
    statuses.PENDING: "clock",
    statuses.RUNNING: "spinner",
    statuses.COMPLETED: "check",
    statuses.FAILED: "cross",
    statuses.ERRORED: "bolt",
    statuses.CANCELLED: "slash",
    statuses.TIMED_OUT: "hourglass",
}
LEVEL_ICONS: Final = {
    events.SUCCESS: "check",
    events.INFO: "info",
    events.WARNING: "warning",
    events.FAILURE: "cross",
}
FILE_WORDS: Final = {
    "Addition": "added",
    "Modification": "changed",
    "Deletion": "removed",
    "Rename": "renamed",
}
REASONS: Final = {
    statuses.FAILURE_LOGGED: "At least one failure was logged.",
    statuses.EXCEPTION: "An exception ended the job.",
    statuses.POST_RUN_EXCEPTION: "An exception ended post_run().",
    statuses.INITIALIZATION: "The job could not be started; none of its code ran.",
    statuses.PROCESS_DIED: "The process of the job ended without a result.",
    statuses.WORKER_LOST: "The worker was lost while the job ran.",
    statuses.CANCELLED_BY_USER: "Somebody cancelled it.",
    statuses.SOFT_TIME_LIMIT: "It took longer than its soft time limit.",
    statuses.PLAN_DIFFERS: "It would not have made the approved changes.",
    statuses.HARD_TIME_LIMIT: "It was stopped at its hard time limit.",
}


def status_word(status: str) -> str:
    """The label of *status*; the bare word for one that a newer version wrote."""
    return statuses.LABELS.get(status, status)


def reason_sentence(reason: str | None) -> str:
    """A sentence for *reason*; the bare word for one that a newer version wrote."""
    if not reason:
        return ""
    return REASONS.get(reason, reason.replace("_", " "))
