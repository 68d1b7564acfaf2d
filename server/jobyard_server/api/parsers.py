"""Bodies of requests, read so that nothing in them can become a server error later on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, MultiPartParser


class JsonParser(BaseParser):
    """JSON in UTF-8 (or -16, -32); whatever else the header says about the encoding is ignored."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,  # noqa: ARG002  # the signature is Django REST framework's
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002  # the same
    ) -> Any:
        body = stream.read()
        try:
            value = json.loads(body, parse_constant=_refuse)
            _refuse_half_characters(body, value)
        except ValueError as exc:
            raise ParseError(f"JSON parse error - {exc}") from exc
        except RecursionError as exc:
            raise ParseError("JSON parse error - Too many levels of nesting") from exc
        return {} if value is None else value


class FormParser(MultiPartParser):
    """A form with files as one dictionary: of a name that is there several times the last value counts."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        found: Any = super().parse(stream, media_type, dict(parser_context or {}))
        return {**found.data.dict(), **found.files.dict()}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _refuse_half_characters(body: bytes, value: Any) -> None:
    r"""An escape such as ``\ud800`` without its other half can be neither stored nor sent back."""
    if b"\\u" not in body:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError("Half of a surrogate pair") from None
