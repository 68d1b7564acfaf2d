"""
What an author of jobs imports: ``from jobyard import Job, StringVar``.

Names in ``__all__`` are promised. Modules with a leading underscore, and everything that is not listed
here or documented for hosts, may change at any time.
"""

from __future__ import annotations

from jobyard.errors import AbortScript, AbortTransaction, RunJobTaskFailed, SoftTimeLimitExceeded
from jobyard.job import BaseJob, Job, is_job
from jobyard.receivers import JobButtonReceiver, JobHookReceiver
from jobyard.report import Report
from jobyard.script import BaseScript, Script
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

__all__ = [  # noqa: RUF022  # grouped for the reader
    # Jobs
    "Job",
    "BaseJob",
    "JobHookReceiver",
    "JobButtonReceiver",
    "is_job",
    # Older kinds of jobs
    "Script",
    "BaseScript",
    "Report",
    # Text and numbers
    "StringVar",
    "TextVar",
    "IntegerVar",
    "DecimalVar",
    "BooleanVar",
    "DryRunVar",
    # Choices
    "ChoiceVar",
    "MultiChoiceVar",
    # Objects of the inventory
    "ObjectVar",
    "MultiObjectVar",
    # Addresses
    "IPAddressVar",
    "IPAddressWithMaskVar",
    "IPNetworkVar",
    # Dates, files, structures
    "DateVar",
    "DateTimeVar",
    "FileVar",
    "JSONVar",
    # Variables of your own
    "ScriptVariable",
    "is_variable",
    # Exceptions that mean something to a run
    "AbortTransaction",
    "AbortScript",
    "SoftTimeLimitExceeded",
    "RunJobTaskFailed",
]
