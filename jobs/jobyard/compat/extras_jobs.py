"""``nautobot.extras.jobs``."""

from __future__ import annotations

from jobyard.apps_job import register_jobs
from jobyard.errors import RunJobTaskFailed
from jobyard.job import BaseJob, Job, is_job
from jobyard.receivers import JobButtonReceiver, JobHookReceiver
from jobyard.row_logger import row_logger as get_task_logger
from jobyard.variables import (
    BooleanVar,
    ChoiceVar,
    DateTimeVar,
    DateVar,
    DecimalVar,
    DryRunVar,
    FileVar,
    IntegerVar,
    IPAddressVar,
    IPAddressWithMaskVar,
    IPNetworkVar,
    JSONVar,
    MultiChoiceVar,
    MultiObjectVar,
    ObjectVar,
    ScriptVariable,
    StringVar,
    TextVar,
    is_variable,
)

__all__ = [  # exactly the star import that job files know
    "BooleanVar",
    "ChoiceVar",
    "FileVar",
    "IPAddressVar",
    "IPAddressWithMaskVar",
    "IPNetworkVar",
    "IntegerVar",
    "Job",
    "MultiChoiceVar",
    "MultiObjectVar",
    "ObjectVar",
    "StringVar",
    "TextVar",
]
BY_NAME = (
    BaseJob,
    DateTimeVar,
    DateVar,
    DecimalVar,
    DryRunVar,
    JSONVar,
    JobButtonReceiver,
    JobHookReceiver,
    RunJobTaskFailed,
    ScriptVariable,
    get_task_logger,
    is_job,
    is_variable,
    register_jobs,
)
_REFUSED = ("get_job", "get_jobs", "run_job", "enqueue_job")


def __getattr__(name: str) -> object:
    if name in _REFUSED:
        raise ImportError(
            f"nautobot.extras.jobs.{name} is not provided: starting other jobs from a job is not part of "
            "the contract"
        )
    raise AttributeError(f"module 'nautobot.extras.jobs' has no attribute '{name}'")
