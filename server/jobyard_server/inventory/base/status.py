"""
A status that may be given as a ``Status``, by its slug, or by a choice constant (which is the slug).

One family of job files has statuses as rows (``Status.objects.get(slug="active")``), the other as text
(``DeviceStatusChoices.STATUS_ACTIVE``). Both work in constructors, assignments, filters and comparisons.
"""

from __future__ import annotations

import uuid
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar

from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.fields.related_descriptors import ForwardManyToOneDescriptor
from django.db.models.fields.related_lookups import RelatedExact, RelatedIn

from jobyard_server.inventory.base.known import known
from jobyard_server.inventory.base.words import with_article

if TYPE_CHECKING:
    _Descriptor = ForwardManyToOneDescriptor[Any]
else:
    _Descriptor = ForwardManyToOneDescriptor  # not generic when the program runs

NO_STATUS = uuid.UUID(int=0)  #: The key of a status that does not exist: finds nothing.


def status_rows() -> Any:
    return apps.get_model("extras", "Status")._default_manager


class NamedStatus:
    """The status with a slug, as an attribute of a model: ``Cable.STATUS_CONNECTED``."""

    def __init__(self, slug: str) -> None:
        self._slug = slug

    def __get__(self, row: object, owner: type) -> Any:
        return status_rows().get(slug=self._slug)


def status_of(slug: str) -> Any:
    """The status with this slug, each time another object; None if there is none."""
    return copy(known(("status", slug), "extras_status", lambda: status_rows().filter(slug=slug).first()))


def check_status(row: Any, field: StatusField) -> None:
    """
    Check that the status of *row* is one of those for rows of its kind.

    Raises:
        ValidationError: It is not.
    """
    model = type(row)
    key = getattr(row, field.attname)
    fitting = known(
        ("statuses", model), "extras_status", lambda: set(_statuses_for(model).values_list("pk", flat=True))
    )
    if key is not None and key not in fitting:
        kind = with_article(str(model._meta.verbose_name))
        raise ValidationError({field.name: f"“{getattr(row, field.name)}” is no status of {kind}."})


def _statuses_for(model: type[models.Model]) -> Any:
    return status_rows().get_for_model(model)


def existing_status(slug: str, field: str) -> Any:
    """
    The status with this slug, for *field*.

    Raises:
        ValidationError: There is none.
    """
    found = status_of(slug)
    if found is None:
        raise ValidationError({field: f"There is no status with the slug “{slug}”."})
    return found


class StatusAttribute(_Descriptor):
    """The attribute: takes a slug as well as a row."""

    def __set__(self, instance: Any, value: Any) -> None:
        if isinstance(value, str):
            value = existing_status(value, self.field.name) if value else None
        super().__set__(instance, value)


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

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        if isinstance(value, str) and not _is_key(value):  # as of update(status="active")
            value = existing_status(value, self.name).pk
        return super().get_db_prep_save(value, connection)

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's signature
        if getattr(model_instance, self.attname) is None and self.default_slug:
            setattr(model_instance, self.name, self.default_slug)
        return super().pre_save(model_instance, add)


def _keys(values: list[Any]) -> list[Any]:
    """Keys of statuses, for slugs; everything else as it is."""
    slugs = [value for value in values if isinstance(value, str) and not _is_key(value)]
    if len(slugs) == 1:
        status = status_of(slugs[0])
        found = {status.slug: status.pk} if status is not None else {}
    else:
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
