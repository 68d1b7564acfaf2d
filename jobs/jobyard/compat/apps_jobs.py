"""``nautobot.apps.jobs``: the style of 2.x."""

from __future__ import annotations

from jobyard.apps_job import AppsJob as Job
from jobyard.apps_job import AppsJobButtonReceiver as JobButtonReceiver
from jobyard.apps_job import AppsJobHookReceiver as JobHookReceiver
from jobyard.apps_job import register_jobs
from jobyard.errors import RunJobTaskFailed
from jobyard.job import BaseJob, is_job
from jobyard.row_logger import row_logger as get_task_logger
from jobyard.variables import (
    BooleanVar,
    ChoiceVar,
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

__all__ = [
    "BaseJob",
    "BooleanVar",
    "ChoiceVar",
    "DryRunVar",
    "FileVar",
    "IPAddressVar",
    "IPAddressWithMaskVar",
    "IPNetworkVar",
    "IntegerVar",
    "JSONVar",
    "Job",
    "JobButtonReceiver",
    "JobHookReceiver",
    "MultiChoiceVar",
    "MultiObjectVar",
    "ObjectVar",
    "RunJobTaskFailed",
    "ScriptVariable",
    "StringVar",
    "TextVar",
    "get_task_logger",
    "is_job",
    "is_variable",
    "register_jobs",
]
