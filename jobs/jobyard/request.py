"""``self.request``: the request that started the run, without anything secret."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode


class FormValues(dict[str, Any]):
    """Submitted fields: ``[]`` and ``get`` give the last value of a name, ``getlist`` all of them."""

    def __init__(self, values: str | Mapping[str, Any] | None = None) -> None:
        lists = parse_qs(values, keep_blank_values=True) if isinstance(values, str) else (values or {})
        self._lists = {
            name: list(value) if isinstance(value, list | tuple) else [value] for name, value in lists.items()
        }
        super().__init__({name: value[-1] if value else [] for name, value in self._lists.items()})

    def getlist(self, name: str, default: list[Any] | None = None) -> list[Any]:
        return list(self._lists.get(name, default or []))

    def lists(self) -> Iterator[tuple[str, list[Any]]]:
        return iter(self._lists.items())

    def dict(self) -> dict[str, Any]:
        return dict(self)

    def urlencode(self) -> str:
        return urlencode(self._lists, doseq=True)


class JobRequest:
    """The request as job code may see it."""

    def __init__(self, values: Mapping[str, Any], user: Any) -> None:
        self.user = user
        self.META: dict[str, str] = dict(values.get("META") or {})
        self.GET = FormValues(values.get("GET"))
        self.POST = FormValues(values.get("POST"))
        self.path: str = values.get("path") or ""
        self.method: str = values.get("method") or ""
        self.id = _as_uuid(values.get("id"))
        self.FILES = FormValues()
        self.COOKIES: dict[str, str] = {}


def _as_uuid(value: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return uuid.uuid4()
