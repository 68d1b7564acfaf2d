"""From the templates of a type to the components of a new device."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.db.models import ForeignKey

from jobyard_server.inventory.base.known import known
from jobyard_server.inventory.base.status import StatusField, status_of
from jobyard_server.inventory.dcim.models import bays, component_templates, interfaces, pass_through, ports

# In an order in which a component comes after those that it refers to.
KINDS: dict[Any, Any] = {
    component_templates.ConsolePortTemplate: ports.ConsolePort,
    component_templates.ConsoleServerPortTemplate: ports.ConsoleServerPort,
    component_templates.PowerPortTemplate: ports.PowerPort,
    component_templates.PowerOutletTemplate: ports.PowerOutlet,
    component_templates.InterfaceTemplate: interfaces.Interface,
    component_templates.RearPortTemplate: pass_through.RearPort,
    component_templates.FrontPortTemplate: pass_through.FrontPort,
    component_templates.DeviceBayTemplate: bays.DeviceBay,
    component_templates.ModuleBayTemplate: bays.ModuleBay,
}

NOT_COPIED = ("id", "created", "last_updated", "device_type", "custom_field_data")


def equip(device: Any) -> None:
    """
    Create the components of *device* that the templates of its type describe.

    Cost: one query that tells which templates there are, then two for each kind.
    """
    rows: dict[Any, list[Any]] = {}
    for row in components_of([device]):
        rows.setdefault(type(row), []).append(row)
    for model, found in rows.items():
        model.objects.bulk_create(found)


def components_of(devices: list[Any]) -> Iterator[Any]:
    """
    The components that new *devices* begin with, not saved; those that others refer to come first.

    Cost: for each type of device one query, and one for each kind of template that it has.
    """
    statuses = _Statuses()
    templates: dict[Any, list[Any]] = {}
    for device in devices:
        if device.device_type_id not in templates:
            templates[device.device_type_id] = _templates_of(device.device_type_id)
    for device in devices:
        made: dict[Any, Any] = {}  # template -> component
        for template in templates[device.device_type_id]:
            made[template.pk] = _component(template, device, made, statuses)
            yield made[template.pk]


def _templates_of(device_type: Any) -> list[Any]:
    return known(("templates", device_type), "template", lambda: _find_templates(device_type))


def _find_templates(device_type: Any) -> list[Any]:
    kinds = _kinds_of(device_type)
    return [row for kind in kinds for row in kind.objects.filter(device_type=device_type)]


def _kinds_of(device_type: Any) -> list[Any]:
    kinds = list(KINDS)
    asked = " UNION ALL ".join(
        f"SELECT {number} WHERE EXISTS (SELECT FROM {kind._meta.db_table} WHERE device_type_id = %s)"  # noqa: S608  # names of our own tables
        for number, kind in enumerate(kinds)
    )
    with connection.cursor() as cursor:
        cursor.execute(asked, [device_type] * len(kinds))
        return [kinds[number] for (number,) in sorted(cursor.fetchall())]


def _component(template: Any, device: Any, made: dict[Any, Any], statuses: _Statuses) -> Any:
    row = KINDS[type(template)](device=device)
    for field in template._meta.concrete_fields:
        if field.name in NOT_COPIED:
            continue
        if isinstance(field, ForeignKey):
            key = getattr(template, field.attname)
            setattr(row, field.name, None if key is None else made[key])
        else:
            setattr(row, field.name, getattr(template, field.name))
    statuses.give(row)
    return row


class _Statuses:
    """Asks for the status of new rows once, not for each row."""

    def __init__(self) -> None:
        self._known: dict[str, Any] = {}

    def give(self, row: Any) -> None:
        for field in row._meta.concrete_fields:
            if isinstance(field, StatusField):
                setattr(row, field.name, self._of(field.default_slug))

    def _of(self, slug: str) -> Any:
        if slug not in self._known:
            self._known[slug] = status_of(slug)
        return self._known[slug]
