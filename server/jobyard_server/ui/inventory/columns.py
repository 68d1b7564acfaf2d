"""Which columns a list can show, and which it shows until somebody chooses others."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import JSONField, Model

from jobyard_server.api.inventory.fields import (
    columns_of,
    generic_prefetch,
    generic_relations_of,
    is_kind,
    lists_of,
    shown_with,
)
from jobyard_server.api.inventory.ordering import sortable
from jobyard_server.inventory.base import DerivedField
from jobyard_server.ui.inventory.labels import label_of

#: Columns of the lists that people open most; elsewhere the first ones that say something are taken.
CHOSEN: dict[str, tuple[str, ...]] = {
    "circuits.circuit": ("provider", "type", "status", "tenant", "commit_rate", "description"),
    "dcim.cable": ("termination_a", "termination_b", "type", "status", "color", "length"),
    "dcim.device": ("status", "tenant", "site", "rack", "device_role", "device_type", "primary_ip4"),
    "dcim.devicetype": ("manufacturer", "part_number", "u_height", "is_full_depth", "subdevice_role"),
    "dcim.interface": ("device", "type", "enabled", "mac_address", "mode", "cable", "description"),
    "dcim.location": ("site", "parent", "location_type", "status", "tenant", "description"),
    "dcim.rack": ("site", "group", "status", "role", "tenant", "u_height"),
    "dcim.site": ("status", "region", "tenant", "facility", "asn", "description"),
    "extras.customfield": ("type", "label", "required", "content_types", "description"),
    "extras.jobbutton": ("text", "job", "content_types", "group_name", "weight", "confirmation"),
    "extras.jobhook": ("job", "content_types", "enabled", "type_create", "type_update", "type_delete"),
    "extras.status": ("slug", "color", "content_types", "description"),
    "extras.tag": ("slug", "color", "content_types", "description"),
    "ipam.ipaddress": ("vrf", "status", "role", "tenant", "assigned_object", "dns_name", "description"),
    "ipam.prefix": ("status", "vrf", "site", "vlan", "role", "tenant", "is_pool", "description"),
    "ipam.vlan": ("vid", "site", "group", "status", "role", "tenant", "description"),
    "virtualization.virtualmachine": (
        "status",
        "cluster",
        "role",
        "tenant",
        "vcpus",
        "memory",
        "primary_ip4",
    ),
}
NUMBER_SHOWN = 7
#: What says little in a list, and what is the text of the row already.
LAST = ("id", "created", "last_updated", "custom_field_data", "local_context_data", "comments", "tags")


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column of a list."""

    name: str
    label: str
    sort: str = ""  #: Name for ``?ordering=``; empty where there is no order.
    relations: tuple[Any, ...] = ()  #: What is loaded with the rows to show it.


@cache
def all_columns(model: type[Model]) -> dict[str, Column]:
    """Every column that a list of *model* can show, by name."""
    generic = generic_relations_of(model)
    keys_of_generic = {name for field in generic for name in (field.ct_field, field.fk_field)}
    fields: list[Any] = [field for field in columns_of(model) if field.name not in keys_of_generic]
    fields = [field for field in fields if not isinstance(field, DerivedField)]
    fields.sort(key=lambda field: isinstance(field, JSONField))  # long things come last
    found = [_column(model, field) for field in fields]
    found += [_loaded(field.name, generic_prefetch(field)) for field in generic]
    found += [_loaded(field.name, field.name) for field in lists_of(model)]
    return {column.name: column for column in found if column.name != "custom_field_data"}


def _loaded(name: str, relation: Any) -> Column:
    return Column(name=name, label=label_of(name), relations=(relation,))


def _column(model: type[Model], field: Any) -> Column:
    relations: tuple[Any, ...] = ()
    if field.is_relation and not is_kind(field):
        relations = (field.name, *(f"{field.name}__{name}" for name in shown_with(field.related_model)))
    sort = field.name if field.name in sortable(model) else ""
    return Column(name=field.name, label=label_of(field.name), sort=sort, relations=relations)


@cache
def usual_columns(model: type[Model]) -> tuple[str, ...]:
    """The names of the columns that are shown until somebody chooses."""
    if chosen := CHOSEN.get(model._meta.label_lower):
        return chosen
    known = all_columns(model)
    json = {field.name for field in columns_of(model) if isinstance(field, JSONField)}
    told = {"name", "slug", "model", *LAST, *json}
    return tuple(name for name in known if name not in told)[:NUMBER_SHOWN]


def chosen_columns(model: type[Model], asked: Iterable[str]) -> list[Column]:
    """The columns *asked* for that exist, in this order; without any, the usual ones."""
    known = all_columns(model)
    found = [known[name] for name in dict.fromkeys(asked) if name in known]
    return found or [known[name] for name in usual_columns(model)]


def relations_for(model: type[Model], columns: Iterable[Column]) -> tuple[Any, ...]:
    """What is loaded with the rows, so that showing them asks nothing more."""
    names = [*shown_with(model), *(name for column in columns for name in column.relations)]
    return tuple(dict.fromkeys(names))
