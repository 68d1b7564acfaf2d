"""The inputs a job can declare, one class per kind."""

from __future__ import annotations

from jobyard.variables.addresses import IPAddressVar, IPAddressWithMaskVar, IPNetworkVar
from jobyard.variables.base import ScriptVariable, is_variable
from jobyard.variables.choices import ChoiceVar, MultiChoiceVar
from jobyard.variables.objects import MultiObjectVar, ObjectVar
from jobyard.variables.simple import (
    BooleanVar,
    DateTimeVar,
    DateVar,
    DecimalVar,
    DryRunVar,
    FileVar,
    IntegerVar,
    JSONVar,
    StringVar,
    TextVar,
)

__all__ = [
    "BooleanVar",
    "ChoiceVar",
    "DateTimeVar",
    "DateVar",
    "DecimalVar",
    "DryRunVar",
    "FileVar",
    "IPAddressVar",
    "IPAddressWithMaskVar",
    "IPNetworkVar",
    "IntegerVar",
    "JSONVar",
    "MultiChoiceVar",
    "MultiObjectVar",
    "ObjectVar",
    "ScriptVariable",
    "StringVar",
    "TextVar",
    "is_variable",
]
