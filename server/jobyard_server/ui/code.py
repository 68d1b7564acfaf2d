"""Source code as HTML: highlighted by Pygments, with classes only (the CSP allows no inline style)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.python import PythonLexer
from pygments.util import ClassNotFound

MOST_HIGHLIGHTED = 200_000  #: Characters; longer files are shown plain.


@dataclass(frozen=True, kw_only=True)
class CodeLine:
    """One line of a file."""

    number: int
    html: SafeString
    is_marked: bool = False


def code_lines(text: str, path: str, *, marked: int = 0) -> list[CodeLine]:
    """
    Every line of a file.

    Args:
        text: Its content; anybody's.
        path: Decides the language by its ending.
        marked: Number of the line that people look for.
    """
    lines = _highlighted(text, path).split("\n")
    if lines and not lines[-1]:
        lines.pop()
    return [
        CodeLine(number=number, html=mark_safe(line), is_marked=number == marked)  # noqa: S308  # escaped by Pygments
        for number, line in enumerate(lines, 1)
    ]


def extract(text: str, path: str, line: int, *, around: int = 3) -> list[CodeLine]:
    """The lines around *line*; nothing when there is no such line."""
    lines = code_lines(text, path, marked=line)
    return lines[max(line - around - 1, 0) : line + around] if 0 < line <= len(lines) else []


def _highlighted(text: str, path: str) -> str:
    text = text.replace("\r\n", "\n")
    if len(text) > MOST_HIGHLIGHTED:
        return str(escape(text))
    return str(highlight(text, _lexer(path), HtmlFormatter(nowrap=True, classprefix="jy-c-")))


def _lexer(path: str) -> Lexer:
    options = {"stripnl": False, "ensurenl": False}
    try:
        return get_lexer_for_filename(path, **options)
    except ClassNotFound:
        return PythonLexer(**options)
