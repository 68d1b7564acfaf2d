"""What a job class declares: its variables and its test methods, in the order the author wrote them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from jobyard.variables import ScriptVariable

_BASES: dict[type, str] = {}
_NO_TEST = "test_methods"
_Class = TypeVar("_Class", bound=type)


def base_class(style: str) -> Callable[[_Class], _Class]:
    """Mark a class as ours: what it defines was not written by an author. *style* is that of ``JobSpec``."""

    def mark(cls: _Class) -> _Class:
        _BASES[cls] = style
        return cls

    return mark


def is_base_class(cls: type) -> bool:
    return cls in _BASES


def style_of(cls: type) -> str:
    """Which kind of job this is: that of the nearest of our classes. Not an attribute authors could hide."""
    return next((_BASES[item] for item in cls.__mro__ if item in _BASES), "job")


def authors_classes(cls: type) -> list[type]:
    """The classes in the MRO that authors wrote, nearest first."""
    return [item for item in cls.__mro__ if item is not object and item not in _BASES]


def is_defined_by_author(cls: type, name: str) -> bool:
    """Tell whether *name* is a method that an author wrote, not one of our defaults."""
    for item in cls.__mro__:
        if name in vars(item):
            return item not in _BASES and item is not object and callable(getattr(cls, name, None))
    return False


def names_in_order(cls: type, wanted: Callable[[str, Any], bool]) -> Iterator[str]:
    """Names of attributes that are *wanted* on some class, base first, each in declaration order."""
    seen = dict.fromkeys(
        name
        for item in reversed(cls.__mro__)
        for name, value in list(vars(item).items())
        if wanted(name, value)
    )
    return iter(seen)


def variables_of(cls: type) -> dict[str, ScriptVariable]:
    """
    The inputs of a class.

    An override keeps the place of the base's variable; one that is no variable removes it.
    """
    names = names_in_order(cls, lambda _name, value: isinstance(value, ScriptVariable))
    found = {name: inspect.getattr_static(cls, name, None) for name in names}
    return {name: value for name, value in found.items() if isinstance(value, ScriptVariable)}


def test_methods_of(cls: type, instance: object = None) -> list[str]:  # noqa: PT028  # not a test
    """Names of the test methods in run order; those put on *instance* by ``__init__`` come last."""
    names = [name for name in names_in_order(cls, _looks_like_test) if _is_callable(cls, name)]
    own = vars(instance) if instance is not None and hasattr(instance, "__dict__") else {}
    late = [name for name, value in own.items() if _looks_like_test(name, value) and callable(value)]
    return [*names, *(name for name in late if name not in names)]


test_methods_of.__test__ = False  # type: ignore[attr-defined]  # or test runners collect it


def _looks_like_test(name: str, _value: Any) -> bool:
    return name.startswith("test_") and name != _NO_TEST


def _is_callable(cls: type, name: str) -> bool:
    static = inspect.getattr_static(cls, name, None)
    if isinstance(static, classmethod | staticmethod):
        return True
    return callable(static)
