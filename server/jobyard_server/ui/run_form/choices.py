"""The entries of selections whose choices are written in the job."""

from __future__ import annotations

from collections.abc import Collection

from jobyard.spec import VariableSpec
from jobyard_server.ui.run_form.fields import Option, OptionGroup

CHOOSE = "Choose one"
NOTHING = "None"


def choice_groups(variable: VariableSpec, chosen: Collection[str]) -> list[OptionGroup]:
    """The choices of *variable*, grouped as its author grouped them."""
    groups: list[OptionGroup] = []
    for first, second in variable.choices or []:
        if isinstance(second, list):
            options = [_option(value, label, chosen) for value, label in second]
            groups.append(OptionGroup(label=str(first), options=options))
        elif groups and not groups[-1].label:
            groups[-1].options.append(_option(first, second, chosen))
        else:
            groups.append(OptionGroup(options=[_option(first, second, chosen)]))
    return groups


def empty_group(variable: VariableSpec, chosen: Collection[str]) -> list[OptionGroup]:
    """The first entry of a single selection: the author's null option, or our invitation."""
    if variable.null_option is not None:
        is_chosen = not any(chosen) or "null" in chosen
        null = Option(value="null", label=variable.null_option, selected=is_chosen)
        return [OptionGroup(options=[null])]
    if variable.required and any(chosen):
        return []  # a default is chosen, and "nothing" would be refused
    return [OptionGroup(options=[Option(value="", label=CHOOSE if variable.required else NOTHING)])]


def _option(value: object, label: object, chosen: Collection[str]) -> Option:
    text = str(value)
    return Option(value=text, label=str(label), selected=text in chosen)
