"""The run form as a browser handles it: what it shows first, and what it sends."""

from __future__ import annotations

import json
import mimetypes
from html.parser import HTMLParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from tests.contract.case import Case

COMMIT = "_commit"


def fields_of(page: str) -> dict[str, list[str]]:
    """The values that the form would send untouched, by name; a control without any has an empty list."""
    parser = _FormParser()
    parser.feed(page)
    return parser.values


def filled_in(shown: dict[str, list[str]], case: Case) -> dict[str, Any]:
    """What is sent after somebody has typed and chosen the inputs of *case*."""
    sent: dict[str, Any] = {name: values for name, values in shown.items() if values}
    for name, value in case.data.items():
        assert name in shown, f"the form has no control {name}"
        sent[name] = _typed(value)
    sent |= uploads(case)
    sent.pop(COMMIT, None)
    return {**sent, COMMIT: "on"} if case.commit and COMMIT in shown else sent


def uploads(case: Case) -> dict[str, SimpleUploadedFile]:
    """The files of *case*, with the type that a browser guesses from the name."""
    return {
        name: SimpleUploadedFile(file, content, mimetypes.guess_type(file)[0] or "application/octet-stream")
        for name, (file, content) in case.files.items()
    }


def _typed(value: Any) -> list[str]:
    match value:
        case bool():
            return ["on"] if value else []
        case list() if all(isinstance(item, str) for item in value):
            return value
        case str():
            return [value]
        case None:
            return [""]
        case int() | float():
            return [str(value)]
    return [json.dumps(value)]


class _FormParser(HTMLParser):
    """Collects the controls of the only form that runs a job."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._inside = False
        self._name = ""
        self._is_multiple = False
        self._text: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = "jy-form" in found.get("class", "").split()
        elif self._inside:
            self._take(tag, found)

    def _take(self, tag: str, found: dict[str, str]) -> None:
        if tag in ("input", "select", "textarea") and "name" in found:
            self._name, self._is_multiple = found["name"], "multiple" in found
            self.values.setdefault(self._name, [])
        if tag == "input" and self._name:
            self._take_input(found)
        elif tag == "textarea":
            self._text = ""
        elif tag == "option" and ("selected" in found or self._is_first()):
            if "selected" in found and not self._is_multiple:
                self.values[self._name] = []
            self.values[self._name].append(found.get("value", ""))

    def _is_first(self) -> bool:
        """A browser selects the first entry of a single selection when the page selects none."""
        return not self._is_multiple and not self.values[self._name]

    def _take_input(self, found: dict[str, str]) -> None:
        if found.get("type") == "checkbox" and "checked" not in found:
            return
        if found.get("type") != "file" and "name" in found:
            self.values[self._name].append(found.get("value", "on"))

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            self.values[self._name] = [self._text.removeprefix("\n")]
            self._text = None
        elif tag == "form":
            self._inside = False
