"""
Markdown of authors (descriptions, log messages) as HTML that is safe to show.

Two walls: raw HTML is never let through by the renderer, and what it makes is cleaned by an allow list.
Text that is too long to be prose is shown as it is.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

LONGEST: Final = 10_000  #: Characters; longer text is preformatted instead.
LONGEST_LINE: Final = 500  #: Characters of a line in a list; a longer one is shown as it is.
TAGS: Final = {
    *("p", "br", "hr", "h1", "h2", "h3", "h4", "h5", "h6", "strong", "em", "s", "code", "pre", "blockquote"),
    *("ul", "ol", "li", "a", "table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES: Final = {"http", "https", "mailto"}

#: One line without anything that Markdown could mean: the usual log message, and no parser is needed.
_PLAIN = re.compile(r"(?![-+=>#:|\s])(?!\d{1,9}[.)]\s)[^\\`*_\[\]<>&~|\n\r]*[^\\`*_\[\]<>&~|\s]\Z")


def _renderer(*, keep_lines: bool) -> MarkdownIt:
    options = {"html": False, "breaks": keep_lines}
    # Images could call home from a reader's browser, so their notation stays text and link.
    return MarkdownIt("commonmark", options).enable(["table", "strikethrough"]).disable("image")


_PROSE, _LINES = _renderer(keep_lines=False), _renderer(keep_lines=True)


def render(text: str, *, keep_lines: bool = False) -> SafeString:
    """
    *text* as HTML.

    Args:
        text: Markdown from anybody.
        keep_lines: Line breaks stay line breaks, as people expect of log messages.
    """
    if _PLAIN.match(text):
        return format_html("<p>{}</p>", text)
    if len(text) > LONGEST:
        return format_html("<pre>{}</pre>", text)
    html = (_LINES if keep_lines else _PROSE).render(text)
    return mark_safe(_clean(html))  # noqa: S308  # cleaned by the allow list in this very line


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """The words of one line of Markdown, without its notation; kept, as lists show them again and again."""
    if _PLAIN.match(text) or len(text) > LONGEST_LINE:
        return text
    words = [child.content or " " for token in _PROSE.parseInline(text) for child in token.children or []]
    return " ".join("".join(words).split())


def _clean(html: str) -> str:
    return nh3.clean(
        html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="noopener noreferrer"
    )
