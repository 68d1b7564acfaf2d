"""
Every name that was counted in public job files, looked up in the models.

``corpus_habits.txt`` has the counts without the numbers: model, way of use, names. What is not to be found
stands below with the reason.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldError, ValidationError
from django.db.models import Count

pytestmark = pytest.mark.django_db

NO_SUCH_MODEL = {
    "CustomFieldValue": "NetBox before 2.10",
    "CustomFieldChoiceSet": "NetBox from 3.5; one file",
    "SavedFilter": "NetBox from 3.4; one file, which deletes them",
    "TableConfig": "NetBox from 4.4; one file, which deletes them",
    "WirelessLAN": "not part of the inventory; one file",
    "WirelessLANGroup": "not part of the inventory; one file",
    "VirtualDisk": "NetBox from 3.7; one file",
}
_JUNOS = "of another library's class Device"
_LATER = "NetBox from 4.2, which knows any kind of end"
NO_SUCH_NAME = {
    **{("Device", name): _JUNOS for name in ("open", "close", "facts", "rpc", "host", "port", "user")},
    **{("Device", name): _JUNOS for name in ("password", "normalize", "hostkey_verify")},
    ("Device", "custom_field_values__pk"): "NetBox before 2.10",
    ("IPAddress", "add"): "of a relation, not of a query set",
    ("VLAN", "set"): "of a relation, not of a query set",
    ("ASN", "add"): "of a relation, not of a query set",
    ("ASN", "set"): "of a relation, not of a query set",
    ("CircuitTermination", "device"): "read from the end of its path",
    ("CircuitTermination", "termination_type__model"): _LATER,
    ("CircuitTermination", "termination_id"): _LATER,
    ("ModuleType", "slug"): "on no released version",
    ("Module", "name"): "on no released version",
    ("Job", "object_type"): "of core.models.Job, which is JobResult here",
    ("Job", "status__in"): "of core.models.Job, which is JobResult here",
}
APPS = ("dcim", "ipam", "circuits", "tenancy", "virtualization", "extras")


def models():
    """By name; of two, the one that jobs know better (Module of dcim, not of the registry)."""
    return {
        model.__name__: model for label in reversed(APPS) for model in apps.get_app_config(label).get_models()
    }


def counted():
    """Model, way of use, name."""
    model = ""
    for line in Path(__file__).with_name("corpus_habits.txt").read_text().splitlines():
        if not line.startswith(" "):
            model = line
            continue
        use, _, names = line.strip().partition(": ")
        yield from ((model, use, name) for name in names.split())


def is_there(model, use, name):
    rows = model._default_manager.all()
    try:
        if use in ("attr", "set"):
            return hasattr(model, name) or name in {field.name for field in model._meta.get_fields()}
        if use == "ctor":
            return takes(model, name)
        if use == "qs":
            return hasattr(rows, name)
        if use == "lookup":
            asked = _counted_rows(rows, name).filter(**{name: value_for(name)})
        else:
            asked = getattr(rows, use)(name)
        list(asked[:1])
    except EmptyResultSet:
        return True
    except FieldError:
        return False
    return True


def takes(model, name):
    """A constructor may refuse the value, but not the name."""
    try:
        model(**{name: None})
    except TypeError:
        return False
    except (ValidationError, ValueError, AttributeError):
        return True
    return True


def _counted_rows(rows, name):
    """As files do before they filter by a number: ``annotate(Count("ip_addresses"))``."""
    relation, found, _ = name.partition("__count")
    return rows.annotate(Count(relation)) if found else rows


def value_for(name):
    last = name.rpartition("__")[2]
    days = [datetime(2020, 1, 1, tzinfo=UTC), datetime(2021, 1, 1, tzinfo=UTC)]
    if name.startswith("custom_field_data"):
        days = ["2020-01-01", "2021-01-01"]
    known = {"isnull": True, "in": [], "range": days, "lte": days[0], "lt": days[0]}
    known |= {"gte": 1 if "count" in name else days[0], "family": 4, "net_contains": "10.0.0.0/24"}
    texts = ("startswith", "endswith", "icontains", "iregex", "exact")
    return known.get(last, "x" if last in texts else None)


def test_what_files_use_is_there():
    known = models()
    missing = [
        (model, use, name)
        for model, use, name in counted()
        if model in known and not is_there(known[model], use, name)
    ]

    assert [found for found in missing if (found[0], found[2]) not in NO_SUCH_NAME] == []
    assert {(model, name) for model, _, name in missing} == set(NO_SUCH_NAME)
    assert {model for model, *_ in counted()} - set(known) == set(NO_SUCH_MODEL)


def test_the_counts_are_there():
    found = list(counted())

    assert len(found) > 500
    assert ("Device", "lookup", "role__slug__in") in found
