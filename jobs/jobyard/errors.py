"""
Everything that jobyard raises towards authors and towards the server.

::

    JobyardError
    ├── InvalidInput              one value was refused; has the messages
    ├── InputErrors               the inputs of a run were refused; has all of them
    ├── PlanDiffers               a run would not have made the changes that were approved
    ├── InitializationError       a run cannot start, for a reason told in one sentence
    ├── InvalidDeclaration        a job class cannot be described; names the class and the variable
    └── OutsideSource             (also ImportError) a job file leads out of its source
    AbortTransaction              raised by authors: revert, but do not call it an error
    AbortScript                   raised by authors: revert, for the reason that its text says
    SoftTimeLimitExceeded         raised in the job at its soft time limit
    RunJobTaskFailed              raised by authors of 2.x jobs
    RunCancelled (BaseException)  raised in the job when somebody cancels the run
"""

from __future__ import annotations


class JobyardError(Exception):
    """Something jobyard refuses to do."""


class InvalidInput(JobyardError):  # noqa: N818  # an event of the domain, not of the program
    """One value was refused; ``messages`` are sentences for the person who sent it."""

    def __init__(self, *messages: str) -> None:
        super().__init__(*messages)
        self.messages = list(messages)

    def __str__(self) -> str:
        return " ".join(self.messages)


class InputErrors(JobyardError):  # noqa: N818  # an event of the domain
    """The inputs were refused: messages by field, or a list when they are no inputs at all."""

    def __init__(self, errors: dict[str, list[str]] | list[str]) -> None:
        super().__init__(errors)
        self.errors = errors

    def __str__(self) -> str:
        if isinstance(self.errors, list):
            return " ".join(self.errors)
        return "; ".join(f"{name}: {' '.join(messages)}" for name, messages in self.errors.items())


class InitializationError(JobyardError):
    """The run cannot start; the text is logged as it is, without a traceback."""


class PlanDiffers(JobyardError):  # noqa: N818  # an event of the domain
    """The changes of this run are not those of the plan that was approved, so none of them was kept."""


class InvalidDeclaration(JobyardError):  # noqa: N818  # an event of the domain
    """A job class says something that cannot be described to users."""


class OutsideSource(JobyardError, ImportError):  # noqa: N818  # an event of the domain
    """A job file is a link that leads out of its source."""


class AbortTransaction(Exception):  # noqa: N818  # the name job files import
    """Revert the changes of this run; nothing went wrong."""


class AbortScript(Exception):  # noqa: N818  # the name job files import
    """The script gives up; its text is for users, who need no traceback with it."""


class SoftTimeLimitExceeded(Exception):  # noqa: N818  # the name job files import
    """The job ran longer than its soft time limit."""


class RunJobTaskFailed(Exception):  # noqa: N818  # the name job files import
    """The job says that it failed."""


class RunCancelled(BaseException):  # must pass through ``except Exception`` of authors
    """Somebody cancelled the run."""
