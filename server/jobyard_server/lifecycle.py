"""How a part of jobyard is asked to end, and where its log goes."""

from __future__ import annotations

import json
import logging
import os
import re
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import FrameType, TracebackType
from typing import Self

from jobyard_server.option_values import secret_texts
from jobyard_server.runs.redaction import Redactor

LOG_BYTES = 10 * 1024 * 1024
#: What JSON leaves as it is, and some programs take for line breaks, commands or another direction.
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
STANDARD = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}


class Stop:
    """
    Set by the first SIGTERM, SIGINT or SIGHUP (its terminal is gone); the second ends the process at once.

    Use as a context manager in the main thread: ``with Stop() as stop: while not stop.wait(1.0): …``.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._previous: dict[signal.Signals, signal._HANDLER] = {}

    def __enter__(self) -> Self:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            self._previous[number] = signal.signal(number, self._handle)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._previous.items():
            signal.signal(number, handler)

    def is_set(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        self._event.set()

    def wait(self, seconds: float | None = None) -> bool:
        """Sleep until asked to end, *seconds* at most; True when asked."""
        return self._event.wait(seconds)

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._event.is_set():
            os._exit(128 + number)
        self._event.set()


class JsonLines(logging.Formatter):
    """
    One JSON object per line; what was passed as ``extra`` becomes keys of its own.

    Args:
        redact: Takes secrets out of every text; line breaks and control characters are JSON's to escape.
    """

    def __init__(self, redact: Callable[[str], str] = str) -> None:
        super().__init__()
        self._redact = redact

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **{key: value for key, value in record.__dict__.items() if key not in STANDARD},
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        text = json.dumps(self._harmless(line), ensure_ascii=False)
        return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text)

    def _harmless(self, value: object) -> object:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {str(name): self._harmless(item) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._harmless(item) for item in value]
        return self._redact(str(value))


def configure_logging(log_file: Path | None = None, *, level: int = logging.INFO) -> None:
    """JSON lines without secrets to *log_file* (rotated, 0600), or to standard error."""
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if log_file is not None:
        log_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log_file.touch(mode=0o600)
        handler = RotatingFileHandler(log_file, maxBytes=LOG_BYTES, backupCount=2, encoding="utf-8")
    handler.setFormatter(JsonLines(Redactor(secret_texts())))
    logging.basicConfig(level=level, handlers=[handler], force=True)
