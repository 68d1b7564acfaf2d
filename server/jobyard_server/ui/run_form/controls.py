"""The table of kinds: which control a variable gets, and which limits it tells about."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings
from django.template.defaultfilters import filesizeformat

from jobyard.spec import VariableSpec
from jobyard_server.ui.moments import zone_of_reader

Control = dict[str, Any]  #: Keyword arguments of a FormField.

#: Widgets that authors choose for text, by the last part of their path; others keep the field's own.
TEXT_WIDGETS: Final[Mapping[str, Control]] = {
    "Textarea": {"control": "textarea", "attributes": {"rows": "5"}},
    "EmailInput": {"type": "email"},
    "URLInput": {"type": "url"},
    "NumberInput": {"type": "number", "attributes": {"step": "any"}},
    "HiddenInput": {"control": "hidden"},
}
SPELLED: Final = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
#: Kinds whose values have a form of their own.
TYPED: Final = frozenset(
    {"IPAddressVar", "IPAddressWithMaskVar", "IPNetworkVar", "JSONVar", "IntegerVar", "DecimalVar"}
)
ADDRESS: Final[Control] = {"attributes": {**SPELLED, "class": "jy-code-input"}}


def control_of(variable: VariableSpec) -> Control:
    """How the control of *variable* looks, without its value."""
    control = dict(_KINDS.get(variable.kind, _text)(variable))
    if variable.secret:
        control |= {"control": "input", "type": "password", "attributes": {"autocomplete": "new-password"}}
    return control | {"hints": [*_limits(variable), *control.get("hints", [])]}


def is_checked(variable: VariableSpec) -> bool:
    """Whether a value can be told to be wrong while it is typed; a secret is not sent around for that."""
    return not variable.secret and (variable.kind in TYPED or bool(_limits(variable)))


def _text(variable: VariableSpec) -> Control:
    return TEXT_WIDGETS.get(variable.widget.rpartition(".")[2], {"attributes": {"autocomplete": "off"}})


def _textarea(_variable: VariableSpec) -> Control:
    return TEXT_WIDGETS["Textarea"]


def _integer(variable: VariableSpec) -> Control:
    return {"type": "number", "attributes": {"step": "1", **_range(variable)}}


def _decimal(variable: VariableSpec) -> Control:
    places = variable.decimal_places
    step = "any" if places is None else ("1" if places == 0 else f"0.{'0' * (places - 1)}1")
    return {"type": "number", "attributes": {"step": step, **_range(variable)}}


def _range(variable: VariableSpec) -> dict[str, str]:
    limits = {"min": variable.min_value, "max": variable.max_value}
    return {name: str(value) for name, value in limits.items() if value is not None}


def _json(_variable: VariableSpec) -> Control:
    attributes = {"rows": "6", "class": "jy-code-input", "spellcheck": "false"}
    return {"control": "textarea", "attributes": attributes}


def _datetime(_variable: VariableSpec) -> Control:
    return {
        "type": "datetime-local",
        "attributes": {"step": "1"},
        "hints": [f"Time zone: {zone_of_reader()}."],
    }


def _several(_variable: VariableSpec) -> Control:
    hint = "Hold Ctrl (⌘ on a Mac) to choose more than one."
    return {"control": "select", "multiple": True, "plain_hints": [hint]}


def _file(_variable: VariableSpec) -> Control:
    most = settings.JOBYARD["FILE_MAX_BYTES"]
    hint = f"At most {filesizeformat(most)}; kept only until the run ends."
    return {"control": "file", "attributes": {"data-most": str(most)}, "hints": [hint]}


def _limits(variable: VariableSpec) -> list[str]:
    """What an author demands of a value, in sentences: the messages of a refusal come too late to help."""
    hints = [
        _between(getattr(variable, low), getattr(variable, high), *texts) for low, high, *texts in _LIMITS
    ]
    if variable.regex:
        hints.append(f"Must match {variable.regex}")
    return [hint for hint in hints if hint]


def _between(low: object, high: object, both: str, least: str, most: str) -> str:
    if low is None and high is None:
        return ""
    text = most if low is None else (least if high is None else both)
    return text.format(low=low, high=high)


_KINDS: Final[Mapping[str, Callable[[VariableSpec], Control]]] = {
    "StringVar": _text,
    "TextVar": _textarea,
    "IntegerVar": _integer,
    "DecimalVar": _decimal,
    "BooleanVar": lambda _: {"control": "checkbox"},
    "ChoiceVar": lambda _: {"control": "select"},
    "ObjectVar": lambda _: {"control": "select"},
    "MultiChoiceVar": _several,
    "MultiObjectVar": _several,
    "FileVar": _file,
    "IPAddressVar": lambda _: ADDRESS,
    "IPAddressWithMaskVar": lambda _: ADDRESS,
    "IPNetworkVar": lambda _: ADDRESS,
    "JSONVar": _json,
    "DateVar": lambda _: {"type": "date"},
    "DateTimeVar": _datetime,
}
_LIMITS: Final = (
    ("min_value", "max_value", "Between {low} and {high}.", "At least {low}.", "At most {high}."),
    (
        *("min_length", "max_length"),
        *("{low} to {high} characters.", "At least {low} characters.", "At most {high} characters."),
    ),
    (
        *("min_prefix_length", "max_prefix_length"),
        *(
            "Prefix length from {low} to {high}.",
            "Prefix length at least {low}.",
            "Prefix length at most {high}.",
        ),
    ),
)
