"""
Why something was not scheduled or decided.

::

    ScheduleRefused
    ├── SensitiveAndScheduled  inputs that may be sensitive are never kept for later
    ├── SensitiveAndApproved   nor shown to an approver
    ├── SchedulingDisabled     the job's author does not want schedules
    ├── InvalidSchedule        has messages by field
    ├── NotApprover            may not decide
    ├── OwnRequest             nobody approves what they asked for themselves
    ├── StartIsPast            has to be forced
    └── AlreadyDecided         or there is nothing to decide

Texts that clients compare are those of upstream.
"""

from __future__ import annotations


class ScheduleRefused(Exception):  # noqa: N818  # an event of the domain, not of the program
    """Nothing was scheduled or decided."""

    message = "This cannot be scheduled."

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)


class SensitiveAndScheduled(ScheduleRefused):
    message = "Unable to schedule job: Job may have sensitive input variables"


class SensitiveAndApproved(ScheduleRefused):
    message = (
        "Unable to run or schedule job: This job is flagged as possibly having sensitive variables but is "
        "also flagged as requiring approval.One of these two flags must be removed before this job can be "
        "scheduled or run."  # sic: clients compare it
    )


class SchedulingDisabled(ScheduleRefused):
    message = "The author of this job does not allow schedules for it; run it now instead."


class InvalidSchedule(ScheduleRefused):
    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(" ".join(text for texts in errors.values() for text in texts))
        self.errors = errors


class NotApprover(ScheduleRefused):
    message = "You do not have permission to approve this request."


class NotDenier(ScheduleRefused):
    message = "You do not have permission to deny this request."


class OwnRequest(ScheduleRefused):
    message = "You cannot approve your own job request!"


class StartIsPast(ScheduleRefused):
    message = (
        "The job's start time is in the past. "
        "If you want to force a run anyway, add the `force` query parameter."
    )


class AlreadyDecided(ScheduleRefused):
    message = "This request was decided already, or needs no approval."
