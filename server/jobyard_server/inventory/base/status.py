"""
A status that may be given as a ``Status``, by its slug, or by a choice constant (which is the slug).

One family of job files has statuses as rows (``Status.objects.get(slug="active")``), the other as text
(``DeviceStatusChoices.STATUS_ACTIVE``). Both work in constructors, assignments, filters and comparisons.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn

if TYPE_CHECKING:
    _Descriptor = ForwardManyToOneDescriptor[Any]
else:
    _Descriptor = ForwardManyToOneDescriptor  # not generic when the program runs

NO_STATUS = uuid.UUID(int=0)  #: The key of a status that does not exist: finds nothing.


def status_rows() -> Any:
    return apps.get_model("extras", "Status")._default_manager


class StatusAttribute(_Descriptor):
    """The attribute: takes a slug as well as a row."""

    def __set__(self, instance: Any, value: Any) -> None:
        if isinstance(value, str):
            value = self._by_slug(value) if value else None
        super().__set__(instance, value)

    def _by_slug(self, slug: str) -> Any:
        found = status_rows().filter(slug=slug).first()
        if found is None:
            raise ValidationError({self.field.name: f"There is no status with the slug “{slug}”."})
        return found


class StatusField(models.ForeignKey[Any, Any]):
    """A reference to a status; a row that is saved without one gets *default_slug*."""

    forward_related_accessor_class: ClassVar[Any] = StatusAttribute

    def __init__(self, *args: Any, default_slug: str = "active", **kwargs: Any) -> None:
        self.default_slug = default_slug
        if not args:
            kwargs.setdefault("to", "extras.Status")
        kwargs.setdefault("on_delete", models.PROTECT)
        kwargs.setdefault("related_name", "%(app_label)s_%(class)s_related")
        kwargs["blank"] = True  # validation lets it pass, saving fills it
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.default_slug != "active":
            kwargs["default_slug"] = self.default_slug
        return name, path, args, kwargs

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        label = f"get_{name}_display"
        if not hasattr(cls, label):  # as of a field with choices
            setattr(cls, label, lambda row: str(getattr(row, name) or ""))

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's signature
        if getattr(model_instance, self.attname) is None and self.default_slug:
            setattr(model_instance, self.name, self.default_slug)
        return super().pre_save(model_instance, add)


def _keys(values: list[Any]) -> list[Any]:
    """Keys of statuses, for slugs; everything else as it is."""
    slugs = [value for value in values if isinstance(value, str) and not _is_key(value)]
    found = dict(status_rows().filter(slug__in=slugs).values_list("slug", "pk")) if slugs else {}
    return [found.get(value, NO_STATUS) if value in slugs else value for value in values]


def _is_key(value: str) -> bool:
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True


@StatusField.register_lookup
class StatusExact(RelatedExact):
    def get_prep_lookup(self) -> Any:
        if isinstance(self.rhs, str):
            self.rhs = _keys([self.rhs])[0]
        return super().get_prep_lookup()


@StatusField.register_lookup
class StatusIn(RelatedIn):
    def get_prep_lookup(self) -> Any:
        if self.rhs_is_direct_value():
            self.rhs = _keys(list(self.rhs))
        return super().get_prep_lookup()
