"""The class that authors derive from."""

from __future__ import annotations

import inspect
import logging
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from jobyard import events, serialization
from jobyard.data_files import load_json_for, load_yaml_for, path_in_source
from jobyard.declarations import base_class, test_methods_of, variables_of
from jobyard.meta import resolve_meta
from jobyard.namespaces import origin_of
from jobyard.output_files import CreatedFile
from jobyard.result import ResultData, RunResult
from jobyard.row_logger import row_logger
from jobyard.run_signature import takes_variables


class _ClassValue:
    """An attribute that class and instance compute alike, and that authors may shadow."""

    def __init__(self, compute: Callable[[type], Any]) -> None:
        self._compute = compute

    def __get__(self, instance: object, owner: type) -> Any:
        return self._compute(owner)


def _meta_value(name: str) -> _ClassValue:
    return _ClassValue(lambda cls: getattr(resolve_meta(cls), name))


class _TestMethods:
    """The names of the test methods; an instance may have more of them than its class."""

    def __get__(self, instance: object, owner: type) -> list[str]:
        return test_methods_of(owner, instance)


@base_class("job")
class BaseJob:
    """
    Everything a job can do. Derive from ``Job``; from this only for bases that must not be listed.

    jobyard calls ``run(data, commit)``, then each ``test_*`` method in order of declaration, then
    ``post_run()``, all on one instance.
    """

    class Meta:
        """Name, description and other attributes of the job; all optional."""

    active_test: str = "initialization"
    failed: bool = False
    request: Any = None
    job_result: RunResult
    test_methods: Any = _TestMethods()

    name: Any = _meta_value("name")
    description: Any = _meta_value("description")
    commit_default: Any = _meta_value("commit_default")
    field_order: Any = _meta_value("field_order")
    read_only: Any = _meta_value("read_only")
    hidden: Any = _meta_value("hidden")
    soft_time_limit: Any = _meta_value("soft_time_limit")
    time_limit: Any = _meta_value("time_limit")
    has_sensitive_variables: Any = _meta_value("has_sensitive_variables")
    approval_required: Any = _meta_value("approval_required")
    task_queues: Any = _meta_value("task_queues")

    description_first_line: Any = _ClassValue(
        lambda cls: next(iter(resolve_meta(cls).description.splitlines()), "")
    )
    class_path: Any = _ClassValue(lambda cls: class_path_of(cls))  # noqa: PLW0108  # defined below
    class_path_dotted: Any = _ClassValue(lambda cls: class_path_of(cls).replace("/", "."))
    class_path_js_escaped: Any = _ClassValue(
        lambda cls: class_path_of(cls).replace("/", r"\/").replace(".", r"\.")
    )
    file_path: Any = _ClassValue(path_in_source)
    grouping: Any = _ClassValue(lambda cls: grouping_of(cls))  # noqa: PLW0108  # defined below
    slug: Any = _ClassValue(lambda cls: re.sub(r"[^a-z0-9_]+", "-", class_path_of(cls).lower()))
    source: Any = _ClassValue(lambda cls: _source_text(cls))  # noqa: PLW0108  # defined below

    def __init__(self) -> None:
        self.failed = False
        self.active_test = "initialization"

    def __str__(self) -> str:
        return resolve_meta(type(self)).name

    @property
    def logger(self) -> logging.Logger:
        """Records go to the console text of the run; to its log rows where ``run`` takes the variables."""
        run = getattr(type(self), "run", None)
        if run is not None and takes_variables(run, variables_of(type(self))):
            return row_logger(type(self).__name__)
        return logging.getLogger(f"nautobot.jobs.{type(self).__name__}")

    @property
    def result(self) -> RunResult:
        """The record of this run; the same object as ``job_result``."""
        return self.job_result

    @property
    def results(self) -> ResultData:
        return self.job_result.data

    def post_run(self) -> None:
        """Called last, whatever happened before; authors override it."""

    def load_yaml(self, filename: str) -> Any:
        """Data of a YAML file beside the job or in the root of its source."""
        return load_yaml_for(type(self), filename)

    def load_json(self, filename: str) -> Any:
        """Data of a JSON file beside the job or in the root of its source."""
        return load_json_for(type(self), filename)

    def create_file(self, name: str, content: str | bytes) -> CreatedFile:
        """
        Leave a file with the run, for people to download.

        It stays whatever becomes of the run, also after a dry run. Raises ValueError for a name that is a
        path and for content that is larger than allowed.
        """
        return self.job_result.create_file(name, content)

    def progress(self, done: float, total: float | None = None, message: Any = "") -> None:
        """Say how far the run is; shown while it goes on."""
        self.job_result.set_progress(done, total, message)

    @classmethod
    def _get_vars(cls) -> dict[str, Any]:
        return dict(variables_of(cls))

    @classmethod
    def serialize_data(cls, data: Mapping[str, Any]) -> dict[str, Any]:
        """Python values of variables in their queued form."""
        return serialization.serialize_data(cls, data)

    @classmethod
    def deserialize_data(cls, data: Any) -> dict[str, Any]:
        """Queued values as Python values."""
        return serialization.deserialize_data(cls, data)

    def validate_data(self, data: Any) -> None:
        """Refuse what is no dict or has keys that are no variables."""
        serialization.validate_data(type(self), data)

    def log(self, message: Any) -> None:
        """Log *message* without a level."""
        write_row(self, None, message, events.DEFAULT)

    def log_debug(self, message: Any) -> None:
        """The same as ``log``."""
        write_row(self, None, message, events.DEFAULT)

    def log_success(self, obj: Any = None, message: Any = None) -> None:
        """Log that *obj* is as it should be; a lone text is the message."""
        write_row(self, obj, message, events.SUCCESS)

    def log_info(self, obj: Any = None, message: Any = None) -> None:
        """Log something worth knowing about *obj*; a lone text is the message."""
        write_row(self, obj, message, events.INFO)

    def log_warning(self, obj: Any = None, message: Any = None) -> None:
        """Log something to look after at *obj*; a lone text is the message."""
        write_row(self, obj, message, events.WARNING)

    def log_failure(self, obj: Any = None, message: Any = None) -> None:
        """Log that something is wrong; this flags the whole run as failed."""
        write_row(self, obj, message, events.FAILURE)


@base_class("job")
class Job(BaseJob):
    """A job. Its variables are class attributes; its work is in ``run``, ``test_*`` and ``post_run``."""


def is_job(value: object) -> bool:
    """Tell whether *value* is a job class that users can see."""
    from jobyard.declarations import is_base_class  # noqa: PLC0415  # keeps the list of names above short

    return isinstance(value, type) and issubclass(value, Job) and not is_base_class(value)


def write_row(job: BaseJob, obj: Any, message: Any, level: str) -> None:
    """
    Store one row in the current group; a failure flags the run.

    A function, so that no helper method of an author can get in its way.
    """
    if message is None and isinstance(obj, str):
        obj, message = None, obj
    job.job_result.add_row(message, obj=obj, level=level, grouping=job.active_test)
    if level == events.FAILURE:
        job.failed = True


def grouping_of(cls: type) -> str:
    """Heading of the class: ``name`` of its module or of the package around it, else the module name."""
    origin = origin_of(cls.__module__)
    parts = 1 if origin.source == "plugins" else origin.module.count(".") + 1
    places = [cls.__module__.rsplit(".", up)[0] if up else cls.__module__ for up in range(parts)]
    for place in places:
        name = getattr(sys.modules.get(place), "name", None)
        if isinstance(name, str) and name:
            return name
    return origin.module if origin.source == "plugins" else origin.module.partition(".")[0]


def class_path_of(cls: type) -> str:
    origin = origin_of(cls.__module__)
    return f"{origin.source}/{origin.module}/{cls.__name__}"


def _source_text(cls: type) -> str:
    try:
        return inspect.getsource(cls)
    except (OSError, TypeError):
        return ""
