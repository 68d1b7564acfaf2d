"""
What a run locks: names such as ``device:3f2c…``, which no two active runs of any source hold at once.

``Meta.locks`` has templates, filled in from the inputs when the run is accepted: ``{site}`` and
``{site.pk}`` are the key of the object, ``{site.slug}`` one of its fields, ``{count}`` a plain value. A
variable with several objects gives one lock for each of them.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Iterator

from jobyard.errors import InvalidDeclaration

MAX_LOCKS = 1000
MAX_NAME = 200  #: Characters.


def parts_of(template: str) -> Iterator[tuple[str, str]]:
    """
    Text and the dotted name that follows it; the name is empty at the end.

    Raises:
        InvalidDeclaration: It is no template.
    """
    try:
        parsed = list(string.Formatter().parse(template))
    except ValueError as exc:
        raise InvalidDeclaration(f"the lock {template[:100]!r} cannot be read: {exc}") from exc
    for text, name, form, conversion in parsed:
        if form or conversion:
            raise InvalidDeclaration(f"the lock {template[:100]!r} must not say how a value is formatted")
        if name is not None and not all(
            word.isidentifier() and not word.startswith("_") for word in name.split(".")
        ):
            raise InvalidDeclaration(f"the lock {template[:100]!r} has no usable name in braces: {name!r}")
        yield text, name or ""


def check_templates(templates: Iterable[str], variables: Iterable[str]) -> None:
    """
    Find out before any run whether the templates can be filled in.

    Raises:
        InvalidDeclaration: One of them cannot be read, or names no variable.
    """
    known = set(variables)
    for template in templates:
        for _, name in parts_of(template):
            variable = name.partition(".")[0]
            if variable and variable not in known:
                raise InvalidDeclaration(
                    f"the lock {template[:100]!r} names {variable!r}, which is no variable of the job"
                )


def checked_names(names: Iterable[object]) -> list[str]:
    """
    Names as they are stored: text, short enough, sorted, each of them once.

    Raises:
        ValueError: There are too many, or one is empty or too long.
    """
    found = sorted({str(name) for name in names})
    if len(found) > MAX_LOCKS:
        raise ValueError(f"a run can hold {MAX_LOCKS} locks at most, not {len(found)}")
    for name in found:
        if not name or len(name) > MAX_NAME or "\x00" in name:
            raise ValueError(f"a lock needs a name of 1 to {MAX_NAME} characters, not {name[:50]!r}")
    return found
