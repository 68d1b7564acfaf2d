"""A standard logger whose records become log rows of the run, for jobs in the style of 2.x."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from jobyard import events
from jobyard.log_rows import text_of
from jobyard.result import RunResult
from jobyard.tracebacks import format_exception

_PARENT = "nautobot.extras.jobs"
_SUCCESS = logging.INFO + 5
_LEVELS = (  # the first one that a record reaches
    (logging.ERROR, events.FAILURE),
    (logging.WARNING, events.WARNING),
    (_SUCCESS, events.SUCCESS),
    (logging.INFO, events.INFO),
)


class RowLogger(logging.Logger):
    """
    A logger that also knows ``success`` and ``failure``.

    ``extra={"object": …, "grouping": …}`` fills the row (``obj`` will do for ``object``);
    ``extra={"skip_db_logging": True}`` makes none.
    """

    def success(self, message: object, *args: object, **kwargs: Any) -> None:
        """Log that something is as it should be."""
        self.log(_SUCCESS, message, *args, **{"stacklevel": 2, **kwargs})

    def failure(self, message: object, *args: object, **kwargs: Any) -> None:
        """Log that something is wrong, without flagging the run."""
        self.log(logging.ERROR, message, *args, **{"stacklevel": 2, **kwargs})


def row_logger(name: str) -> RowLogger:
    """The logger of that name; its records become rows while a run of this style goes on."""
    logger = logging.getLogger(f"{_PARENT}.{name}")
    # Not logging.setLoggerClass: others may create loggers at the same moment.
    logger.__class__ = RowLogger
    assert isinstance(logger, RowLogger)  # noqa: S101  # for the type checker
    return logger


@contextmanager
def rows_of(result: RunResult) -> Iterator[None]:
    """Write the records of all row loggers into *result*."""
    parent, handler = logging.getLogger(_PARENT), _RowHandler(result)
    level = parent.level
    parent.addHandler(handler)
    parent.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        parent.removeHandler(handler)
        parent.setLevel(level)


class _RowHandler(logging.Handler):
    def __init__(self, result: RunResult) -> None:
        super().__init__()
        self._result = result

    def emit(self, record: logging.LogRecord) -> None:
        if getattr(record, "skip_db_logging", False):
            return
        self._result.add_row(
            _message_of(record),
            obj=getattr(record, "object", None) or getattr(record, "obj", None),
            level=_level_of(record),
            grouping=text_of(getattr(record, "grouping", None) or record.funcName or "run"),
        )


def _level_of(record: logging.LogRecord) -> str:
    return next((level for least, level in _LEVELS if record.levelno >= least), events.DEFAULT)


def _message_of(record: logging.LogRecord) -> str:
    try:
        message = record.getMessage()
    except Exception:  # noqa: BLE001  # arguments of authors that do not fit their message
        message = text_of(record.msg)
    problem = record.exc_info[1] if record.exc_info else None
    return message if problem is None else f"{message}\n```\n{format_exception(problem)}\n```"
