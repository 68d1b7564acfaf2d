"""What the page of the patterns is made of."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify

#: Ids, and the attributes that name one; the quotation mark after them is left.
_IDS = re.compile(r'\b(?:id|for|aria-labelledby|aria-describedby)="[^" ]+(?=")')
_LABELS = re.compile(r'\baria-label="[^"]+(?=")')


@dataclass(frozen=True, kw_only=True)
class State:
    """A component in one of its states: the template of the real pages, and what it is given."""

    label: str
    template: str = ""
    context: dict[str, Any] = field(default_factory=dict)
    html: SafeString | str = ""  #: For components that are functions.

    def render(self, request: HttpRequest, number: int) -> SafeString | str:
        """
        The component; its forms do nothing. Ids and labels end with *number*, which no other state on the
        page has, because other pages have each of them once.
        """
        if not self.template:
            return self.html
        html = render_to_string(self.template, self.context, request).replace(
            'method="post"', 'method="dialog"'
        )
        html = _LABELS.sub(rf"\g<0> {number}", _IDS.sub(rf"\g<0>-{number}", html))
        return mark_safe(html)  # noqa: S308  # made of templates


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A component in all its states."""

    title: str
    about: str
    states: list[State]
    #: Class of the list around each state, for components that are lines of one.
    list_class: str = ""

    @property
    def anchor(self) -> str:
        return slugify(self.title)
