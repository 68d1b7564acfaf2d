"""Sets of choices, told as one table each: constant, value, label."""

from __future__ import annotations

from jobyard.compat.extras_choices import ChoiceSet

__all__ = ["ChoiceSet", "choice_set", "statuses"]


def choice_set(name: str, table: str, doc: str = "") -> type[ChoiceSet]:
    """
    A class of choices from lines of the form ``CONSTANT value Label``.

    Job files use the constants, the pairs in ``CHOICES``, or go over the class itself.
    """
    rows = [line.split(None, 2) for line in table.strip().splitlines()]
    constants = {constant: value for constant, value, _ in rows}
    pairs = tuple((value, label) for _, value, label in rows)
    return type(name, (ChoiceSet,), {**constants, "CHOICES": pairs, "__doc__": doc or None})


def statuses(name: str, *slugs: str) -> type[ChoiceSet]:
    """A class of statuses: ``STATUS_ACTIVE = "active"`` for the slug ``active``."""
    constants = {f"STATUS_{slug.upper().replace('-', '_')}": slug for slug in slugs}
    pairs = tuple((slug, slug.replace("-", " ").capitalize()) for slug in slugs)
    return type(name, (ChoiceSet,), {**constants, "CHOICES": pairs})
