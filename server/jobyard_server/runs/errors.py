"""
Why a run was not accepted.

::

    RunRefused
    ├── NotAllowedToRun
    ├── JobNotEnabled
    ├── JobNotInstalled
    ├── JobHasNoSource       no version of the module was ever published
    ├── RevisionNotTrusted   its signature does not count any more, and signatures are required
    ├── NeedsApproval
    ├── CannotApply          what it asks to apply is no dry run, or not one that can be repeated
    │   └── InputsNotKept    the inputs have to come again; has the names of the variables
    ├── CannotRunAgain       its inputs or its code are not there any more
    ├── InvalidCommitFlag
    ├── InvalidQueue         has the queue's name
    ├── NoWorker             has the queue's name
    └── KeyReused            an idempotency key that came with another request before
    AlreadyEnded             a run that has ended cannot be cancelled

Wrong inputs are ``jobyard.errors.InputErrors``. Texts that clients compare are those of upstream.
"""

from __future__ import annotations

from collections.abc import Sequence

CODE_IS_GONE = "The code of this run is no longer kept; run it with the latest revision."
CODE_IS_BEING_REPLACED = "The code of this job was replaced at this very moment; start it again."


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


class RevisionNotTrusted(RunRefused):
    message = "The commit that this job is at is not trusted any more."


class NeedsApproval(RunRefused):
    message = "This job must be approved by another user before it runs; ask for it by page or by REST."


class CannotApply(RunRefused):
    message = "This run cannot be applied."


class InputsNotKept(CannotApply):
    def __init__(self, variables: Sequence[str]) -> None:
        names = ", ".join(f'"{name}": …' for name in variables)
        super().__init__(
            "The inputs of the dry run were not kept, because they may hold secrets. "
            f'Send them again: {{"data": {{{names}}}, "require_same_plan": true}}.'
        )
        self.variables = list(variables)


class CannotRunAgain(RunRefused):
    message = "This run cannot be started again."


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


class KeyReused(RunRefused):
    message = "This Idempotency-Key was used with another request; use a new key for a new request."


class AlreadyEnded(Exception):  # noqa: N818  # an event of the domain
    """The run has ended."""

    def __init__(self) -> None:
        super().__init__("This job result has already ended.")
