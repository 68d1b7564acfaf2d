"""What a browser without scripts would send of a form in a page."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class FormReader(HTMLParser):
    """Names and values of the controls of all POST forms but log-out, as the page shows them."""

    def __init__(self, response: Any) -> None:
        super().__init__()
        self.values: dict[str, list[str]] = {}
        self._inside = False
        self._select: tuple[str, bool] | None = None
        self._text: str | None = None
        self._first: str | None = None
        self.feed(response.content.decode())
        self.values.pop("csrfmiddlewaretoken", None)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = found.get("method") == "post" and found.get("action") != "/logout/"
        if not self._inside:
            return
        if tag == "input":
            self._input(found)
        elif tag == "select":
            self._select, self._first = (found["name"], "multiple" in found), None
        elif tag == "option" and self._select:
            if self._first is None:
                self._first = found["value"]
            if "selected" in found:
                self._put(self._select[0], found["value"])
        elif tag == "textarea":
            self._text = found["name"]
            self._put(self._text, "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "select" and self._select:
            name, is_multiple = self._select
            if not is_multiple and name not in self.values and self._first is not None:
                self._put(name, self._first)
            self._select = None
        elif tag == "textarea":
            self._text = None
        elif tag == "form":
            self._inside = False

    def handle_data(self, data: str) -> None:
        if self._text:
            self.values[self._text] = [self.values[self._text][0] + data]

    def _input(self, found: dict[str, str]) -> None:
        kind = found.get("type", "text")
        if (
            "name" not in found
            or kind in ("submit", "file")
            or (kind == "checkbox" and "checked" not in found)
        ):
            return
        self._put(found["name"], found.get("value", ""))

    def _put(self, name: str, value: str) -> None:
        self.values.setdefault(name, []).append(value)


def values_in(response: Any) -> dict[str, Any]:
    """For ``client.post``: texts lose the line break after the tag, as in a browser."""
    found = FormReader(response).values
    return {name: [text.removeprefix("\n") for text in texts] for name, texts in found.items()}
