"""``self.result``: the record of the run as job code sees it while the run goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, MutableMapping
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from jobyard import statuses
from jobyard.events import COUNTED_LEVELS, DEFAULT, FAILURE, LEVELS, GroupOpened, LogRow, Sink
from jobyard.log_rows import MAX_GROUP, iso_time, object_text, object_url, text_of

_OUTPUT, _TOTAL = "output", "total"


class ResultData(dict[str, Any]):
    """
    Counters, rows, output and the author's own keys in one dict, current at every moment.

    What the author stores under the name of a group is kept, but hidden behind the group.
    """

    def __init__(self) -> None:
        super().__init__()
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
        group["log"].append([iso_time(row.created), row.level, row.object_text, row.object_url, row.message])
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
        self, *, run_id: str, name: str, user: Any, sink: Sink, on_failure: Callable[[], None]
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

    def open_groups(self, names: Iterable[str]) -> None:
        """Groups that are shown even when nothing is logged in them."""
        for name in names:
            self._data.open_group(name)
            self._sink.emit(GroupOpened(grouping=name))

    def set_status(self, status: str) -> None:
        self.status = status

    def save(self, *_args: Any, **_kwargs: Any) -> None:
        """Nothing to do: every change is passed on at once. Old jobs call it."""


def _zeros() -> dict[str, int]:
    return dict.fromkeys(COUNTED_LEVELS, 0)


def _as_uuid(value: str) -> Any:
    try:
        return UUID(value)
    except ValueError:
        return value
