"""What refers to a row of any kind goes with the row, whoever deletes it and however: generated."""

from __future__ import annotations

import uuid
from copy import copy

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from tests.server.api.cast import caller
from tests.server.api.inventory.rows import Rows

from jobyard_server.api.inventory.models import MODELS
from jobyard_server.api.links import endpoint_of
from jobyard_server.inventory.base.targets import may_refer, references_of
from jobyard_server.inventory.dcim.models import Cable, ConsolePort, Interface, Manufacturer, Site
from jobyard_server.inventory.extras.models import CustomLink, Note, Tag
from jobyard_server.inventory.ipam.models import VLAN, IPAddress

pytestmark = pytest.mark.django_db

REFERENCES = [(model, reference) for model in MODELS for reference in references_of(model)]


@pytest.fixture
def rows(db):
    return Rows()


@pytest.fixture
def alice(db):
    return caller("alice", is_superuser=True)


def by_row(_alice, row):
    row.delete()


def in_bulk(_alice, row):
    type(row).objects.filter(pk=row.pk).delete()


def by_rest(alice, row):
    assert alice.delete(f"/api/{endpoint_of(type(row))}/{row.pk}/").status_code == 204


def by_rest_in_bulk(alice, row):
    assert alice.delete(f"/api/{endpoint_of(type(row))}/", [{"id": str(row.pk)}]).status_code == 204


WAYS = (by_row, in_bulk, by_rest, by_rest_in_bulk)


class Attached:
    """Makes rows that refer to a row; validation is another subject."""

    def __init__(self, rows):
        self.templates = {model: rows.make(model) for model, _ in REFERENCES}

    def to(self, row):
        """One row for each reference that may name *row*."""
        found = []
        for model, reference in REFERENCES:
            if may_refer(reference, type(row)):
                other = copy(self.templates[model])
                other.pk, other._state.adding = uuid.uuid4(), True
                for unused in references_of(model):  # as the other end of a cable, which takes one only
                    setattr(other, unused.fk_field, uuid.uuid4())
                setattr(other, reference.name, row)
                found += model.objects.bulk_create([other])
        return found


def test_it_goes_with_the_row(alice, rows):
    attached, left, checked = Attached(rows), [], 0
    for number, target in enumerate(MODELS):
        row = rows.make(target)
        others = attached.to(row)

        (by_row, in_bulk)[number % 2](alice, row)

        assert not target.objects.filter(pk=row.pk).exists()
        left += [(other, target) for other in others if type(other).objects.filter(pk=other.pk).exists()]
        checked += len(others)

    assert left == []
    assert checked > 3 * len(MODELS)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_way_takes_everything(alice, rows, way):
    row = rows.make(Manufacturer)
    others = Attached(rows).to(row)

    way(alice, row)

    assert {type(other).__name__ for other in others} == {
        *("ContactAssignment", "ImageAttachment", "Note", "RelationshipAssociation")
    }
    assert [other for other in others if type(other).objects.filter(pk=other.pk).exists()] == []


def test_tags_and_links_lose_only_their_pairs(rows):
    site = rows.make(Site)
    site.tags.add("edge")
    link = rows.make(CustomLink)

    site.delete()

    assert Tag.objects.filter(name="edge").exists()
    assert CustomLink.objects.filter(pk=link.pk).exists()
    assert not Site.tags.through.objects.exists()


def test_a_cable_goes_with_either_of_its_ends(rows):
    for side in ("termination_a", "termination_b"):
        cable = rows.make(Cable)
        far = getattr(cable, "termination_b" if side == "termination_a" else "termination_a")

        getattr(cable, side).delete()

        assert not Cable.objects.filter(pk=cable.pk).exists()
        far.refresh_from_db()
        assert far.cable is None


def test_a_kind_that_would_leave_it_behind_is_refused(alice, rows):
    site = rows.make(Site)

    with pytest.raises(ValidationError) as of_kind:
        IPAddress(address="192.0.2.1/24", assigned_object=site).validated_save()
    with pytest.raises(ValidationError) as of_row:
        Note(
            note="x",
            assigned_object_type=ContentType.objects.get_for_model(Site),
            assigned_object_id=rows.make(Note).pk,
        ).validated_save()
    body = {"note": "x", "assigned_object_type": "extras.tag", "assigned_object_id": str(rows.make(Tag).pk)}
    answer = alice.post("/api/extras/notes/", body)

    assert of_kind.value.message_dict == {"assigned_object_type": ["A site takes no IP address."]}
    assert of_row.value.message_dict == {"assigned_object": ["There is no site with this id."]}
    assert (answer.status_code, answer.json()) == (
        400,
        {"assigned_object_type": ["A tag takes no note."]},
    )


@pytest.mark.parametrize(("model", "reference"), REFERENCES, ids=lambda item: getattr(item, "name", ""))
def test_every_reference_may_name_something(model, reference):
    assert any(may_refer(reference, target) for target in MODELS)


def test_what_carries_addresses_and_second_layers(rows):
    known = {reference.name: reference for model, reference in REFERENCES if model is IPAddress}
    assert may_refer(known["assigned_object"], Interface)
    assert not may_refer(known["assigned_object"], VLAN)
    assert not may_refer(known["assigned_object"], ConsolePort)
