"""A field of a form as the templates need it: everything decided, nothing left to look up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | bool | list[str]  #: What a control shows: text, a tick, or several choices.


@dataclass(frozen=True, kw_only=True)
class Option:
    """One entry of a selection."""

    value: str
    label: str
    selected: bool = False


@dataclass(frozen=True, kw_only=True)
class OptionGroup:
    """Entries under a heading; without a label they stand for themselves."""

    label: str = ""
    options: list[Option]


@dataclass(frozen=True, kw_only=True)
class ListSearch:
    """How more entries of a selection are found: as one types, or by the form itself without scripts."""

    name: str  #: Of the field with the words.
    words: str  #: What the list on the page was searched for.


@dataclass(frozen=True, kw_only=True)
class FieldGroup:
    """Fields under a heading; without one they stand for themselves."""

    heading: str = ""
    fields: list[FormField]
    can_fold: bool = False  #: Most people need none of these fields.
    is_folded: bool = False


@dataclass(frozen=True, kw_only=True)
class FormField:
    """One control with its label, help and errors."""

    name: str
    label: str
    control: str = "input"  #: A template in ``ui/controls``.
    type: str = "text"  #: Of an ``input``.
    help: str = ""
    hints: list[str] = field(default_factory=list)  #: Short sentences after the help: limits, what is listed.
    plain_hints: list[str] = field(default_factory=list)  #: Only for browsers without scripts.
    required: bool = False
    multiple: bool = False
    value: str = ""
    checked: bool = False
    groups: list[OptionGroup] = field(default_factory=list)
    attributes: Mapping[str, str] = field(default_factory=dict)  #: Names are ours, values may be anybody's.
    errors: list[str] = field(default_factory=list)
    follows: list[str] = field(default_factory=list)  #: Names of the fields that change what is offered here.
    search: ListSearch | None = None  #: Of a list that is too long for the page.
    is_checked: bool = False  #: Asked about while one types; the server has the only rules.
    takes_focus: bool = False  #: The first one with an error, so that no script is needed to get there.

    @property
    def id(self) -> str:
        return f"id_{self.name}"

    @property
    def box_id(self) -> str:
        """Of the whole field, label and errors included."""
        return f"{self.id}_box"

    @property
    def chosen(self) -> list[str]:
        """The values of the entries that are selected."""
        return [option.value for group in self.groups for option in group.options if option.selected]

    @property
    def reload_trigger(self) -> str:
        """When htmx asks for what can be chosen now: the form hears of fields that were drawn anew, too."""
        return ", ".join(f"change from:closest form target:#id_{name}" for name in self.follows)

    @property
    def explanation(self) -> str:
        """Help and hints in one text, with a full stop between what the author and what we say."""
        end = "" if not self.help or self.help[-1] in ".!?:;" or not self.hints else "."
        return " ".join([*([self.help + end] if self.help else []), *self.hints])

    @property
    def lines(self) -> int:
        """Height of a multiple selection: enough to see what there is, not more."""
        entries = sum(len(group.options) + bool(group.label) for group in self.groups)
        return min(max(entries, 3), 8)

    @property
    def described_by(self) -> str:
        """Ids of what a screen reader reads after the label."""
        parts = [f"{self.id}_error"] if self.errors or self.is_checked else []
        parts += [f"{self.id}_help"] if self.explanation else []
        return " ".join(parts)
