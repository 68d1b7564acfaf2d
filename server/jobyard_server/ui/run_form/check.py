"""What is wrong with one input while it is typed: the rules are those of a run, and there are no others."""

from __future__ import annotations

from dataclasses import replace

from jobyard.cleaning import CleaningContext, clean_value
from jobyard.errors import InvalidInput
from jobyard.spec import VariableSpec
from jobyard_server.runs.objects import ModelResolver


def live_errors(variable: VariableSpec, text: str) -> list[str]:
    """Messages about *text*; none while it is empty, because nobody has to be told before they began."""
    context = CleaningContext(objects=ModelResolver(), from_form=True)
    try:
        clean_value(replace(variable, required=False), text, context)
    except InvalidInput as exc:
        return exc.messages
    return []
