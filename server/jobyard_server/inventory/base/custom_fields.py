"""The values of custom fields, checked against what people defined."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.db import connection

from jobyard_server.inventory.base.known import known

ANY_FIELD = "SELECT 1 FROM extras_customfield_content_types WHERE contenttype_id = %s LIMIT 1"


def fields_of(model: type[Any]) -> list[Any]:
    """
    The custom fields that rows of *model* have.

    Cost: one short question where there are none; in a transaction it is asked once.
    """
    return list(known(("custom fields", model), "extras_customfield", lambda: _find_fields(model)))


def _find_fields(model: type[Any]) -> list[Any]:
    kind = ContentType.objects.get_for_model(model)
    with connection.cursor() as cursor:
        cursor.execute(ANY_FIELD, [kind.pk])
        if cursor.fetchone() is None:
            return []
    rows = apps.get_model("extras", "CustomField").objects.get_for_model(model)
    return list(rows.prefetch_related("choices"))


def check_custom_fields(row: Any) -> None:
    """
    Fill in defaults of a new row, and check every value.

    Raises:
        ValidationError: A value is missing, of the wrong kind, or of a field that does not exist.
    """
    data = row.custom_field_data
    if not isinstance(data, dict):
        raise ValidationError({"custom_field_data": "Custom field data must be a dictionary."})
    fields = {field.name: field for field in fields_of(type(row))}
    unknown = sorted(set(data) - set(fields))
    if unknown:
        raise ValidationError(
            {"custom_field_data": f"There is no custom field “{unknown[0]}” for this type."}
        )
    for name, field in fields.items():
        if data.get(name) is None and row._state.adding and field.default is not None:  # noqa: SLF001  # Django's documented name
            data[name] = field.default
        field.check_value(data.get(name))
