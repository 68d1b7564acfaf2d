"""Every model with a status: as a row, a slug or a choice constant; people choose among those of its kind."""

from __future__ import annotations

from importlib import import_module

import pytest
from tests.server.api.cast import caller
from tests.server.api.inventory.rows import Rows

from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.links import endpoint_of
from jobyard_server.inventory.base import StatusField
from jobyard_server.inventory.extras.models import Status

pytestmark = pytest.mark.django_db

WITH_STATUS = [
    model for model in MODELS if any(isinstance(field, StatusField) for field in model._meta.concrete_fields)
]
EVERY = pytest.mark.parametrize("model", WITH_STATUS, ids=lambda model: model._meta.label_lower)


def constants(model):
    """The choices that job files import for *model*, if there are some."""
    module = import_module(f"jobyard_server.inventory.{model._meta.app_label}.choices")
    found = getattr(module, f"{model.__name__}StatusChoices", None)
    return [value for name, value in vars(found).items() if name.startswith("STATUS_")] if found else []


@EVERY
def test_all_spellings_mean_the_same(model):
    rows = Rows()
    fitting = list(Status.objects.get_for_model(model))
    wanted = fitting[-1]
    spellings = [wanted, wanted.slug, str(wanted.pk), *(c for c in constants(model) if c == wanted.slug)]
    row = rows.make(model)
    other = rows.make(model, status=fitting[0].slug) if len(fitting) > 1 else None

    for spelling in (wanted, wanted.slug):
        row.status = spelling
        row.validated_save()
        row.refresh_from_db()
        assert (row.status, row.status.slug, str(row.status)) == (wanted, wanted.slug, wanted.name)
        assert row.status == wanted.slug
        assert model(status=spelling).status == wanted
    for spelling in spellings:
        found = set(model.objects.filter(status=spelling).values_list("pk", flat=True))
        assert row.pk in found
        assert other is None or other.pk not in found
        assert row.pk in set(model.objects.filter(status__in=[spelling]).values_list("pk", flat=True))
        assert row.pk not in set(model.objects.exclude(status=spelling).values_list("pk", flat=True))
    assert row.get_status_display() == wanted.name


@EVERY
def test_constants_are_slugs_of_its_statuses(model):
    slugs = {status.slug for status in Status.objects.get_for_model(model)}

    assert slugs
    assert set(constants(model)) <= slugs


@EVERY
def test_a_status_of_other_kinds_is_refused(model):
    rows = Rows()
    alice = caller("alice", is_superuser=True)
    row = rows.make(model)
    foreign = Status.objects.exclude(pk__in=Status.objects.get_for_model(model)).first()
    address = f"/api/{endpoint_of(model)}/{row.pk}/"

    answers = [alice.patch(address, {"status": status}) for status in (foreign.slug, "nonsense")]
    row.status = foreign
    row.validated_save()  # job files are freer: many give each row the status "active"

    assert [(answer.status_code, list(answer.json())) for answer in answers] == [(400, ["status"])] * 2
    assert f"“{foreign}” is no status of a" in answers[0].json()["status"][0]


def test_a_status_without_kinds_holds_for_all():
    anywhere = Status.objects.create(name="Anywhere", slug="anywhere")
    row = Rows().make(WITH_STATUS[0])

    row.status = anywhere
    row.validated_save()

    assert row.status == "anywhere"
