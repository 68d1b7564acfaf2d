"""References to a row of any kind: which kinds they may name. What refers to a row goes with it."""

from __future__ import annotations

from functools import cache

from django.contrib.contenttypes.fields import GenericForeignKey, GenericRelation
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db.models import Model

from jobyard_server.inventory.base.words import with_article


def check_targets(row: Model) -> None:
    """
    Refuse a reference to a row that is not there, or to a kind of row that would leave it behind.

    A kind that has the relation back takes such references with it when a row of it is deleted.

    Raises:
        ValidationError: At the column of the type, or at the reference.
    """
    for reference in references_of(type(row)):
        kind_id = getattr(row, f"{reference.ct_field}_id")
        if kind_id is None or getattr(row, reference.fk_field) is None:
            continue
        model = ContentType.objects.get_for_id(kind_id).model_class()
        if model is None or not may_refer(reference, model):
            kind = with_article(str(model._meta.verbose_name if model else "row of that kind"))
            message = f"{kind[0].upper()}{kind[1:]} takes no {row._meta.verbose_name}."
            raise ValidationError({reference.ct_field: message})
        if getattr(row, reference.name) is None:
            raise ValidationError({reference.name: f"There is no {model._meta.verbose_name} with this id."})


@cache
def references_of(model: type[Model]) -> tuple[GenericForeignKey, ...]:
    return tuple(field for field in model._meta.private_fields if isinstance(field, GenericForeignKey))


@cache
def may_refer(reference: GenericForeignKey, model: type[Model]) -> bool:
    """Whether rows of *model* have what refers to them by *reference*."""
    return any(
        isinstance(field, GenericRelation)
        and field.related_model is reference.model
        and field.object_id_field_name == reference.fk_field
        for field in model._meta.private_fields
    )
