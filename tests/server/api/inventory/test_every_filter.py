"""The filters of all models, made from their fields: each finds its row, and nothing else."""

from __future__ import annotations

import uuid

import pytest
from django.db import models

from jobyard_server.api.inventory.fields import columns_of, is_file, is_kind, kind_name, lists_of, type_of
from jobyard_server.api.inventory.filter_paths import HAS, NETWORKS, paths_of
from jobyard_server.api.inventory.filters import filtered
from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.links import endpoint_of
from jobyard_server.inventory.base import TagsField
from jobyard_server.inventory.extras.models import CustomField, Status

pytestmark = pytest.mark.django_db

EVERY = pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
TEXTS = (models.CharField, models.TextField)


class Asked:
    """What the lists of a model hold; the very function that lists by REST and by page are narrowed with."""

    def __init__(self, model):
        self._rows = model._default_manager.all()
        self.wrong = []

    def keys(self, **query):
        asked = {name: value if isinstance(value, list) else [value] for name, value in query.items()}
        return set(filtered(self._rows, asked).values_list("pk", flat=True))

    def finds(self, row, **query):
        self.wrong += [] if row.pk in self.keys(**query) else [("does not find", query)]

    def misses(self, row, **query):
        self.wrong += [("finds", query)] if row.pk in self.keys(**query) else []


@EVERY
def test_each_column_finds_and_narrows(db, made, model):
    row = model._default_manager.get(pk=made[model].pk)
    asked = Asked(model)
    for field in columns_of(model):
        value = getattr(row, field.attname)
        if isinstance(type_of(field), models.JSONField) or is_file(field) or hasattr(field, "base_field"):
            continue
        if is_kind(field):
            asked.finds(row, **{field.name: kind_name(getattr(row, field.name))}) if value else None
        elif field.is_relation:
            _relation(asked, row, field)
        elif value not in (None, ""):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            asked.finds(row, **{field.name: text})
            asked.misses(row, **{f"{field.name}__n": text})
            if isinstance(field, TEXTS) and not field.choices:
                asked.finds(row, **{f"{field.name}__ic": text[1:].upper()})
                asked.misses(row, **{field.name: "nothing-like-this"})

    assert asked.wrong == []


def _relation(asked, row, field):
    related = getattr(row, field.name)
    if related is None:
        asked.finds(row, **{field.name: "null"})
        asked.misses(row, **{f"{field.name}_id": str(uuid.uuid4())})
        return
    asked.finds(row, **{f"{field.name}_id": str(related.pk)})
    asked.finds(row, **{field.name: str(related.pk)})
    asked.misses(row, **{f"{field.name}_id": str(uuid.uuid4())})
    asked.misses(row, **{field.name: "null"})
    if slug := getattr(related, "slug", ""):
        asked.finds(row, **{field.name: slug})
        asked.misses(row, **{f"{field.name}__n": slug})


@EVERY
def test_tags_custom_fields_lists_and_words(db, made, rows, model):
    row, other = model._default_manager.get(pk=made[model].pk), rows.make(model)
    asked = Asked(model)
    if any(isinstance(field, TagsField) for field in lists_of(model)):
        row.tags.add("edge", "core")
        asked.finds(row, tag="edge")
        asked.finds(row, tag=["edge", "core"])
        asked.misses(other, tag="edge")
    if hasattr(model, "custom_field_data"):
        CustomField.objects.create(name="owner", type="text").content_types.set(_kinds(model))
        model.objects.filter(pk=row.pk).update(custom_field_data={"owner": "netops"})
        asked.finds(row, cf_owner="netops")
        asked.misses(other, cf_owner="netops")
    for name in paths_of(model):
        if not name.endswith(("depth", "vid", "address")):
            asked.misses(row, **{name: "nothing-like-this"})
    for name in HAS.get(model._meta.label_lower, {}):
        assert asked.keys(**{name: "true"}) | asked.keys(**{name: "false"}) >= {row.pk}
    for name in NETWORKS.get(model._meta.label_lower, {}):
        value = "10.0.0.0/8" if name in ("within", "within_include", "contains", "parent") else "4"
        asked.keys(**{name: value})
    asked.misses(row, q="nothing-like-this")
    if name := getattr(row, "name", ""):
        asked.finds(row, q=str(name).upper())

    assert asked.wrong == []


def _kinds(model):
    from django.contrib.contenttypes.models import ContentType

    return [ContentType.objects.get_for_model(model)]


@EVERY
def test_lists_by_rest_name_what_is_no_filter_and_are_brief(db, owner, made, model):
    row = made[model]
    address = f"/api/{endpoint_of(model)}/"

    refused = owner.get(address, {"nonsense": "1", "cf_nonsense": "1"})
    (brief,) = owner.get(address, {"id": str(row.pk), "brief": "1"}).json()["results"]
    (whole,) = owner.get(address, {"id": str(row.pk)}).json()["results"]

    assert (refused.status_code, set(refused.json())) == (400, {"nonsense", "cf_nonsense"})
    assert refused.json()["nonsense"] == ["Unknown filter field"]
    assert {"id", "url", "display"} <= set(brief)
    plain = {name for name in set(brief) & set(whole) if not isinstance(whole[name], dict | list)}
    assert {name: brief[name] for name in plain} == {name: whole[name] for name in plain}
    nested = [value for value in whole.values() if isinstance(value, dict) and "url" in value]
    assert all({"id", "url", "display"} <= set(value) for value in nested)


def test_the_status_is_found_by_its_slug(db, owner, rows):
    from jobyard_server.inventory.dcim.models import Site

    row = rows.make(Site, status="planned")

    found = owner.get("/api/dcim/sites/", {"status": "planned"}).json()["results"]

    assert [item["id"] for item in found] == [str(row.pk)]
    assert Status.objects.filter(slug="planned").exists()
