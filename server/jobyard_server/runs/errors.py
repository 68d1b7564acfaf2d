"""
Why a run was not accepted.

::

    RunRefused
    ├── NotAllowedToRun
    ├── JobNotEnabled
    ├── JobNotInstalled
    ├── JobHasNoSource       no version of the module was ever published
    ├── NeedsApproval
    ├── InvalidCommitFlag
    ├── InvalidQueue         has the queue's name
    └── NoWorker             has the queue's name
    AlreadyEnded             a run that has ended cannot be cancelled

Wrong inputs are ``jobyard.errors.InputErrors``. Texts that clients compare are those of upstream.
"""

from __future__ import annotations


class RunRefused(Exception):  # noqa: N818  # an event of the domain, not of the program
    """The run was not accepted."""

    message = "The run was not accepted."

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.message)


class NotAllowedToRun(RunRefused):
    message = "This user does not have permission to run jobs."


class JobNotEnabled(RunRefused):
    message = "This job is not enabled to be run."


class JobNotInstalled(RunRefused):
    message = "This job is not presently installed and cannot be run"


class JobHasNoSource(RunRefused):
    message = "This job's source code could not be located and cannot be run"


class NeedsApproval(RunRefused):
    message = "This job must be approved by another user before it runs, and approvals are not available yet."


class InvalidCommitFlag(RunRefused):
    message = "Must be a valid boolean."


class InvalidQueue(RunRefused):
    def __init__(self, queue: str) -> None:
        super().__init__(f'"{queue}" is not a valid choice.')
        self.queue = queue


class NoWorker(RunRefused):
    def __init__(self, queue: str) -> None:
        super().__init__(
            f"No worker serves the queue {queue}; start one with `jobyard worker --queues {queue}`."
        )
        self.queue = queue


class AlreadyEnded(Exception):  # noqa: N818  # an event of the domain
    """The run has ended."""

    def __init__(self) -> None:
        super().__init__("This job result has already ended.")
