"""What cleaning needs from outside: objects, uploaded files, and whether a form sent the values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class ObjectResolver(Protocol):
    """Finds the rows that object variables speak of; raises InvalidInput with the texts of the field."""

    def resolve(self, model: str, value: Any) -> str:
        """Primary key, as text, of the one object meant by *value* (a key, or a dict of field filters)."""
        ...

    def resolve_many(self, model: str, values: list[Any]) -> list[str]:
        """Primary keys of all *values*, in their order."""
        ...


@dataclass(frozen=True)
class FileInput:
    """An uploaded file as the request describes it; its content is stored elsewhere."""

    name: str
    size: int  #: Bytes.
    content_type: str = ""


@dataclass(frozen=True, kw_only=True)
class CleaningContext:
    """The surroundings of one request or one run."""

    objects: ObjectResolver
    files: Mapping[str, FileInput] = field(default_factory=dict)
    from_form: bool = False  #: A form sends text only; JSON arrives as text.
    file_max_bytes: int | None = None
