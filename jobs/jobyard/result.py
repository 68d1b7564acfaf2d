"""``self.result``: the record of the run as job code sees it while the run goes on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, MutableMapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from jobyard import statuses
from jobyard.events import COUNTED_LEVELS, DEFAULT, FAILURE, LEVELS, GroupOpened, LogRow, Progress, Sink
from jobyard.log_rows import MAX_GROUP, iso_time, object_text, object_url, text_of
from jobyard.output_files import CreatedFile, OutputFiles, OutputLimits

MOST_ROWS = 10_000  #: Kept in ``data``; of further rows a group says only how many they are.

_OUTPUT, _TOTAL = "output", "total"


class ResultData(dict[str, Any]):
    """
    Counters, rows, output and the author's own keys in one dict, current at every moment.

    What the author stores under the name of a group is kept, but hidden behind the group. Of very many
    rows only the first are here (``log_omitted`` counts the others), or a long run would fill its memory.
    """

    def __init__(self) -> None:
        super().__init__()
        self._rows = 0
        self._author: dict[str, Any] = {}
        self._groups: set[str] = {_TOTAL}
        dict.__setitem__(self, _TOTAL, _zeros())
        dict.__setitem__(self, _OUTPUT, "")

    @property
    def output(self) -> str:
        return str(self[_OUTPUT])

    @property
    def author_data(self) -> dict[str, Any]:
        return self._author

    def messages(self) -> list[dict[str, Any]]:
        """The rows that are here, by time: ``{"time", "status", "message", "obj", "url"}``."""
        names = ("time", "status", "obj", "url", "message")
        groups = [dict.__getitem__(self, name) for name in self if name in self._groups]
        rows = sorted((row for group in groups for row in group.get("log", ())), key=lambda row: str(row[0]))
        return [dict(zip(names, row, strict=True)) for row in rows]

    def replace_author_data(self, values: Any) -> None:
        """What an assignment to ``data`` does: counters and rows stay."""
        for name in list(self._author):
            del self[name]
        for name, value in dict(values or {}).items():
            if name not in self._groups:
                self[name] = value

    def append_output(self, text: str) -> None:
        dict.__setitem__(self, _OUTPUT, self.output + text)

    def open_group(self, name: str) -> dict[str, Any]:
        if name not in self._groups:
            self._groups.add(name)
            dict.__setitem__(self, name, {**_zeros(), "log": []})
        group: dict[str, Any] = dict.__getitem__(self, name)
        return group

    def add_row(self, row: LogRow) -> None:
        group = self.open_group(row.grouping)
        if self._rows < MOST_ROWS:
            self._rows += 1
            group["log"].append(
                [iso_time(row.created), row.level, row.object_text, row.object_url, row.message]
            )
        else:
            group["log_omitted"] = group.get("log_omitted", 0) + 1
        if row.level != DEFAULT:
            group[row.level] += 1
            dict.__getitem__(self, _TOTAL)[row.level] += 1

    def __setitem__(self, name: str, value: Any) -> None:
        if name == _OUTPUT:
            dict.__setitem__(self, name, text_of(value))
            return
        self._author[name] = value
        if name not in self._groups:
            dict.__setitem__(self, name, value)

    def __delitem__(self, name: str) -> None:
        if name in self._author:
            del self._author[name]
            if name not in self._groups:
                dict.__delitem__(self, name)
        elif name == _OUTPUT:
            dict.__setitem__(self, name, "")
        elif name not in self:
            raise KeyError(name)

    # A dict would change itself without asking the two methods above.
    update = MutableMapping.update
    setdefault = MutableMapping.setdefault

    def pop(self, name: str, *default: Any) -> Any:
        if name not in self and default:
            return default[0]
        value = self[name]
        del self[name]
        return value

    def clear(self) -> None:
        self.replace_author_data({})

    def __ior__(self, other: Any) -> Self:  # type: ignore[override,misc]  # dict's is overloaded
        self.update(other)
        return self


class RunResult:
    """The JobResult of the run: ``id``, ``user``, ``status``, ``data``, ``log()``."""

    obj_type = "extras.job"

    def __init__(
        self,
        *,
        run_id: str,
        name: str,
        user: Any,
        sink: Sink,
        on_failure: Callable[[], None],
        output_limits: OutputLimits | None = None,
    ) -> None:
        self.id: Any = _as_uuid(run_id)
        self.pk = self.job_id = self.id
        self.name = name
        self.user = user
        self.status = statuses.PENDING
        self.created = datetime.now().astimezone()
        self.completed: datetime | None = None
        self._data = ResultData()
        self._sink = sink
        self._on_failure = on_failure
        self._files = OutputFiles(sink, output_limits or OutputLimits())

    @property
    def data(self) -> ResultData:
        return self._data

    @data.setter
    def data(self, values: Any) -> None:
        if values is not self._data:
            self._data.replace_author_data(values)

    def log(
        self,
        message: Any,
        obj: Any = None,
        level_choice: str = DEFAULT,
        grouping: str = "main",
        logger: Any = None,
    ) -> None:
        """Store a row; a failure also flags the run as failed."""
        if level_choice not in LEVELS:
            raise ValueError(f"Unknown logging level: {level_choice}")
        self.add_row(message, obj=obj, level=level_choice, grouping=grouping)
        if level_choice == FAILURE:
            self._on_failure()
        if logger is not None:
            logger.info(text_of(message))

    def add_row(self, message: Any, *, obj: Any = None, level: str = DEFAULT, grouping: str) -> None:
        """Store a row and nothing else."""
        row = LogRow(
            message=text_of(message),
            level=level,
            grouping=text_of(grouping)[:MAX_GROUP],
            object_text=object_text(obj),
            object_url=object_url(obj),
            created=time.time(),
        )
        self._data.add_row(row)
        self._sink.emit(row)

    def create_file(self, name: str, content: str | bytes) -> CreatedFile:
        """Keep *content* with the run, for people to download."""
        return self._files.create(name, content)

    def set_progress(self, done: float, total: float | None = None, message: Any = "") -> None:
        """
        Say how far the run is.

        Raises:
            ValueError: A number is none, or not a finite one.
        """
        self._sink.emit(
            Progress(
                done=_amount("done", done),
                total=None if total is None else _amount("total", total),
                message=text_of(message),
            )
        )

    def open_groups(self, names: Iterable[str]) -> None:
        """Groups that are shown even when nothing is logged in them."""
        for name in names:
            self._data.open_group(name)
            self._sink.emit(GroupOpened(grouping=name))

    def set_status(self, status: str) -> None:
        self.status = status

    def save(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing to do: every change is passed on at once. Old jobs call it."""


def _amount(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(f"progress: {name} is {value!r}; use a number")
    return value


def _zeros() -> dict[str, int]:
    return dict.fromkeys(COUNTED_LEVELS, 0)


def _as_uuid(value: str) -> Any:
    try:
        return UUID(value)
    except ValueError:
        return value
