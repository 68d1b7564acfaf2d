"""
Second names of fields: job files of both families say ``device_role`` or ``role`` for the same thing.

An alias works wherever the field does: in constructors, attributes, lookups, ordering and
``select_related()``. The column has one name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Field, Model
from django.db.models.options import Options
from django.db.models.signals import class_prepared
from django.utils.functional import cached_property

if TYPE_CHECKING:
    _Options = Options[Any]
else:
    _Options = Options  # not generic when the program runs

SEPARATOR = "__"


class Alias:
    """Another name of the attribute *target*."""

    def __init__(self, target: str) -> None:
        self.target = target

    def __get__(self, row: Model | None, owner: type[Model]) -> Any:
        return getattr(owner if row is None else row, self.target)  # of a class: what prefetching asks

    def __set__(self, row: Model, value: Any) -> None:
        setattr(row, self.target, value)


class AliasedOptions(_Options):
    """Options of a model that finds its fields by their second names too."""

    @cached_property
    def aliases(self) -> dict[str, str]:
        return {
            name: value.target
            for owner in self.model.__mro__
            for name, value in vars(owner).items()
            if isinstance(value, Alias)
        }

    @cached_property
    def _forward_fields_map(self) -> dict[str, Field[Any, Any]]:
        found: dict[str, Field[Any, Any]] = dict(
            super()._forward_fields_map  # type: ignore[misc]  # a cached property of Django's own
        )
        found.update({name: found[target] for name, target in self.aliases.items() if target in found})
        return found


def real_path(model: type[Model], path: str) -> str:
    """*path* (``device__role``) with every alias replaced by the name of its field."""
    parts = []
    here: Any = model
    for part in path.split(SEPARATOR):
        aliases = getattr(here._meta, "aliases", {}) if here is not None else {}
        name = aliases.get(part, part)
        parts.append(name)
        here = _model_behind(here, name)
    return SEPARATOR.join(parts)


def _model_behind(model: Any, name: str) -> Any:
    if model is None:
        return None
    try:
        return getattr(model._meta.get_field(name), "related_model", None)
    except LookupError:
        return None
    except Exception as exc:
        if type(exc).__name__ == "FieldDoesNotExist":
            return None
        raise


def _give_aliases(sender: type[Model], **_kwargs: Any) -> None:
    if any(isinstance(value, Alias) for owner in sender.__mro__ for value in vars(owner).values()):
        sender._meta.__class__ = AliasedOptions
        sender.__dict__["_meta"].__dict__.pop("_forward_fields_map", None)


class_prepared.connect(_give_aliases)
