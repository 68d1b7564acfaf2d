"""What a job looks like in the API: by class path, as a record, and its variables."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, NotRequired, TypedDict

from jobyard_server.api.job_results.shapes import FullResult, ShortResult, ShortSchedule


class ByClassPath(TypedDict):
    """What a job by class path always says."""

    url: str
    id: str  #: The class path.
    pk: uuid.UUID
    name: str
    description: str
    test_methods: list[str]  #: In run order.
    vars: dict[str, str]  #: Type by name, in declaration order.
    installed: bool
    enabled: bool


class JobShape(ByClassPath):
    """A job in the list of clients that know no records."""

    result: ShortResult | None  #: The newest that has ended.


class JobDetailShape(ByClassPath):
    """A job by its class path."""

    result: FullResult | None  #: The newest that has ended; in the answer to a run, the new one.


class JobForLaterShape(ByClassPath):
    """The answer to a run request by class path that starts later, or after an approval."""

    result: FullResult | None  #: None.
    schedule: ShortSchedule


class RepositoryShape(TypedDict):
    """The repository that a job comes from."""

    id: uuid.UUID
    url: str
    name: str
    slug: str
    display: str


class TagShape(TypedDict):
    """A tag of a job."""

    id: uuid.UUID
    url: str
    display: str
    name: str
    slug: str
    color: str


class LoadErrorShape(TypedDict):
    """Why a newer version of the module is not in service."""

    commit: str | None
    path: str | None
    line: int | None
    message: str | None
    traceback: str | None


class JobRecordShape(TypedDict):
    """A job as a record."""

    id: uuid.UUID
    url: str
    display: str
    class_path: str
    source: str
    module_name: str
    job_class_name: str
    slug: str
    grouping: str
    name: str
    description: str
    installed: bool
    enabled: bool
    is_job_hook_receiver: bool
    is_job_button_receiver: bool
    has_sensitive_variables: bool
    approval_required: bool
    commit_default: bool
    hidden: bool
    read_only: bool
    soft_time_limit: int
    time_limit: int
    task_queues: list[str]
    grouping_override: bool
    name_override: bool
    description_override: bool
    approval_required_override: bool
    commit_default_override: bool
    hidden_override: bool
    read_only_override: bool
    soft_time_limit_override: bool
    time_limit_override: bool
    has_sensitive_variables_override: bool
    task_queues_override: bool
    tags: list[TagShape]
    created: datetime
    last_updated: datetime
    git_repository: RepositoryShape | None
    effective_commit: str | None  #: Revision that the next run executes.
    load_error: LoadErrorShape | None


class VariableShape(TypedDict):
    """One input of a job; keys that do not apply are left out."""

    name: str
    type: str
    label: NotRequired[str]
    help_text: NotRequired[str]
    default: NotRequired[Any]
    required: NotRequired[bool]
    min_length: NotRequired[int]
    max_length: NotRequired[int]
    min_value: NotRequired[Any]
    max_value: NotRequired[Any]
    choices: NotRequired[list[Any]]
    model: NotRequired[str]
    regex: NotRequired[str]
    min_prefix_length: NotRequired[int]
    max_prefix_length: NotRequired[int]
    query_params: NotRequired[dict[str, Any]]
    display_field: NotRequired[str]
    null_option: NotRequired[str]
    secret: NotRequired[bool]


class AcceptedRun(TypedDict):
    """The answer to a run request by record."""

    schedule: ShortSchedule | None  #: When it runs later, or after an approval.
    job_result: ShortResult | None
