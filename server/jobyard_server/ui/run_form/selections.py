"""What a selection offers, what of it is chosen, and how the rest is found."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

from jobyard.spec import VariableSpec
from jobyard_server.access.models import User
from jobyard_server.ui.run_form.choices import choice_groups, empty_group
from jobyard_server.ui.run_form.fields import ListSearch, OptionGroup, Value
from jobyard_server.ui.run_form.object_choices import ObjectChoices, object_choices

CHOICES: Final = {"ChoiceVar", "MultiChoiceVar"}
OBJECTS: Final = {"ObjectVar", "MultiObjectVar"}
SEARCH: Final = "_search_"  #: Before the name of the variable: the words that its list is searched for.
SEARCHED: Final = "_searched_"  #: The words for which the list on the page was made.
GLANCE: Final = 12  #: Entries up to which nobody needs a search.


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who asks for the entries, with what filled in, searching for which words."""

    user: User
    values: Mapping[str, Value]
    words: str = ""


def selection(
    variable: VariableSpec, value: Value, asked: Asked, control: Mapping[str, Any]
) -> dict[str, Any]:
    """The arguments of a field beyond those of its *control*: entries, hint, search."""
    chosen = value if isinstance(value, list) else [str(value)]
    found = offered(variable, chosen, asked)
    is_several = variable.kind.startswith("Multi")
    groups = found.groups if is_several else [*_nothing(variable, found.groups, chosen), *found.groups]
    arguments: dict[str, Any] = {"groups": groups}
    if found.hint:
        arguments["hints"] = [*control["hints"], found.hint]
    if found.is_cut:
        arguments["search"] = ListSearch(name=SEARCH + variable.name, words=asked.words)
    if is_several or found.is_cut or _length(groups) > GLANCE:
        arguments["attributes"] = {**control.get("attributes", {}), "data-choose": "rows"}
    if not groups:
        arguments["plain_hints"] = []  # how to choose several helps nobody while there is nothing to choose
    return arguments


def offered(variable: VariableSpec, chosen: Collection[str], asked: Asked) -> ObjectChoices:
    """The entries of *variable* without the one for nothing."""
    if variable.kind in CHOICES:
        return ObjectChoices(groups=choice_groups(variable, chosen))
    return object_choices(variable, chosen, asked.user, asked.values, words=asked.words)


def _nothing(variable: VariableSpec, groups: list[OptionGroup], chosen: list[str]) -> list[OptionGroup]:
    """The entry for nothing, which depends on what is *chosen* and can be."""
    found = [option.value for group in groups for option in group.options if option.selected]
    return empty_group(variable, found or [value for value in chosen if value == "null"])


def _length(groups: list[OptionGroup]) -> int:
    return sum(len(group.options) for group in groups)
