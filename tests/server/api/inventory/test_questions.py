"""The number of questions to the database grows neither with the rows nor with what is in them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection, models, transaction
from django.test.utils import CaptureQueriesContext

from jobyard_server.api.inventory.fields import lists_of, relations_of
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.links import endpoint_of

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)


def cost(ask):
    """How many questions; what was done is undone."""
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        answer = ask()
        transaction.set_rollback(True)
    assert answer.status_code in (200, 204), answer.content
    return len(queries)


def parts_of(model):
    """What goes when a row of *model* goes, by the field that leads to it, and is no row without it."""
    for part in MODELS:
        for field in part._meta.concrete_fields:
            is_within = isinstance(field, models.ForeignKey) and not field.null
            if is_within and field.related_model is model and field.remote_field.on_delete is models.CASCADE:
                yield part, field.name


@EVERY
def test_it_does_not_grow(db, owner, made, rows, model):
    place = f"/api/{endpoint_of(model)}/"
    some = [rows.make(model) for _ in range(4)]
    fill(some, made)
    keys = [{"id": str(row.pk)} for row in some]
    few, many = (place + "?" + "&".join(f"id={key['id']}" for key in part) for part in (keys[:1], keys))
    detail = f"{place}{some[0].pk}/"
    ContentType.objects.clear_cache()
    owner.get(few)

    listed = [cost(lambda asked=asked: owner.get(asked)) for asked in (few, many)]
    shown = cost(lambda: owner.get(detail))
    deleted = [cost(lambda part=part: owner.delete(place, part)) for part in (keys[:1], keys)]

    assert listed[1] <= max(listed[0], len(relations_of(model)) + 4)
    assert shown <= listed[0] + 4  # ports tell what is at the far end as well
    assert deleted[1] <= deleted[0] + 1


WITH_PARTS = [model for model in MODELS if any(True for _ in parts_of(model))]


@pytest.mark.parametrize("model", WITH_PARTS, ids=lambda model: model._meta.label_lower)
def test_it_does_not_grow_with_what_is_within_a_row(db, owner, made, rows, model):
    place = f"/api/{endpoint_of(model)}/{made[model].pk}/"

    def fill_and_count():
        for part, name in parts_of(model):
            with suppress(ValidationError):  # of some parts there is only one, as a side of a circuit
                rows.make(part, **{name: made[model]})
        return cost(lambda: owner.get(place)) + cost(lambda: owner.delete(place))

    owner.get(place)
    few = fill_and_count()
    fill_and_count()
    many = fill_and_count()

    assert many <= few, (few, many)


def fill(some, made):
    """Each list of each row with as many rows as there are."""
    for number, row in enumerate(some):
        for field in lists_of(type(row)):
            if field.related_model in made and field.related_model is not type(row):
                getattr(row, field.name).add(made[field.related_model])
            elif field.related_model is type(row):
                getattr(row, field.name).add(*some[:number])
