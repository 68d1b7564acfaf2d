"""Tags, custom fields, relationships: what people add to rows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError

from jobyard_server.inventory.dcim.models import Device, Site
from jobyard_server.inventory.extras.models import (
    CustomField,
    CustomFieldChoice,
    Relationship,
    RelationshipAssociation,
    Tag,
)

pytestmark = pytest.mark.django_db


def test_tags_by_name_and_by_row(lab):
    device = lab.device("a")
    blue = Tag.objects.create(name="Blue", slug="blue")

    device.tags.add(blue, "Needs Care")
    assert sorted(device.tags.names()) == ["Blue", "Needs Care"]
    assert Tag.objects.get(name="Needs Care").slug == "needs-care"
    assert Device.objects.filter(tags__name="Blue").get() == device
    assert Device.objects.filter(tags__slug__in=["needs-care"], tags=blue).count() == 0
    assert Device.objects.filter(tags__name__startswith="Needs").count() == 1
    assert [list(row.tags.all()) for row in Device.objects.prefetch_related("tags")] == [
        list(device.tags.all())
    ]

    device.tags.remove("Blue")
    device.tags.set(["x", "y"])
    assert sorted(device.tags.slugs()) == ["x", "y"]
    device.tags.set("z")
    assert list(device.tags.names()) == ["z"]
    device.tags.clear()
    assert device.tags.count() == 0


@pytest.fixture
def field(lab):
    def make(name, kind="text", **values):
        made = CustomField(name=name, type=kind, **values)
        made.validated_save()
        made.content_types.add(ContentType.objects.get_for_model(Device))
        return made

    return make


def test_custom_fields_take_dates_as_such(lab, field):
    field("purchase_date", "date")
    field("weight", "json")
    day = dt.date(2026, 3, 1)
    device = Device(name="a", site=lab.site, device_type=lab.kind, device_role=lab.role)
    device.cf["purchase_date"] = day
    device.custom_field_data["weight"] = Decimal("1.5")
    device.validated_save()

    found = Device.objects.filter(
        custom_field_data__purchase_date__gte=dt.datetime(2026, 2, 28, tzinfo=dt.UTC)
    )
    assert found.get().custom_field_data == {"purchase_date": "2026-03-01", "weight": "1.5"}
    assert not Device.objects.filter(custom_field_data__purchase_date__gt=day).exists()


def test_custom_fields_by_all_their_names(lab, field):
    field("owner", default="netops")
    field("purchase_date", "date")
    device = Device(name="a", site=lab.site, device_type=lab.kind, device_role=lab.role)
    device.cf["purchase_date"] = "2024-01-31"
    device.validated_save()

    found = Device.objects.get(custom_field_data__purchase_date__gte="2024-01-01")
    assert found.cf == {"owner": "netops", "purchase_date": "2024-01-31"}
    assert found.cf == found.custom_field_data == found._custom_field_data
    assert Device.objects.filter(_custom_field_data__owner="netops").count() == 1
    found._custom_field_data["owner"] = "x"
    found.save()
    assert Device.objects.get().cf["owner"] == "x"
    assert {row.name: value for row, value in found.get_custom_fields().items()}["owner"] == "x"


@pytest.mark.parametrize(
    ("kind", "limits", "values"),
    [
        ("text", {"validation_regex": "^a"}, ("abc", "xyz")),
        ("integer", {"validation_minimum": 1, "validation_maximum": 5}, (5, 6)),
        ("integer", {}, (0, "7")),
        ("boolean", {}, (True, "yes")),
        ("date", {}, (str(dt.date(2024, 1, 1)), "1.1.2024")),
        ("url", {}, ("https://example.com", "example")),
        ("json", {}, ({"a": [1]}, None)),
    ],
)
def test_values_are_checked(lab, field, kind, limits, values):
    good, bad = values
    field("f", kind, required=True, **limits)
    device = lab.device("a")
    device.custom_field_data = {"f": good}
    device.validated_save()

    device.custom_field_data = {"f": bad}
    with pytest.raises(ValidationError) as caught:
        device.validated_save()
    assert list(caught.value.message_dict) == ["cf_f"]


def test_selections(lab, field):
    made = field("color", "select")
    CustomFieldChoice.objects.create(field=made, value="red")
    device = lab.device("a")
    device.cf["color"] = "red"
    device.validated_save()

    device.cf["color"] = "green"
    with pytest.raises(ValidationError, match="Available choices are: red"):
        device.validated_save()


def test_unknown_ones_are_refused(lab):
    device = lab.device("a", custom_field_data={"nonsense": 1})

    with pytest.raises(ValidationError, match="no custom field “nonsense”"):
        device.validated_save()


def test_one_to_one_relationships(lab):
    kinds = {
        "source_type": ContentType.objects.get_for_model(Site),
        "destination_type": ContentType.objects.get_for_model(Device),
    }
    relation = Relationship(name="Gateway", type="one-to-one", **kinds)
    relation.validated_save()
    a, b = lab.device("a"), lab.device("b")
    RelationshipAssociation(relationship=relation, source=lab.site, destination=a).validated_save()

    with pytest.raises(ValidationError):
        RelationshipAssociation(relationship=relation, source=lab.site, destination=b).validated_save()
    with pytest.raises(ValidationError):
        RelationshipAssociation(relationship=relation, source=a, destination=b).validated_save()


def test_sr03_an_expression_that_never_ends_refuses_the_value(lab, field):
    field("f", "text", validation_regex="^(a|aa)+$")
    device = lab.device("a")
    device.custom_field_data = {"f": "a" * 100 + "!"}

    with pytest.raises(ValidationError, match="must match regex"):
        device.validated_save()
