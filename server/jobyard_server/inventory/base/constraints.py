"""
Rules that the database enforces and that validation checks by looking at the row.

Django evaluates the condition of a constraint in the database, which takes longer than all the rest of the
validation of a row.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import CheckConstraint, Model, Q, UniqueConstraint


class UniqueWithout(UniqueConstraint):
    """
    *fields* are unique among the rows whose relation *without* is empty.

    NULLs are distinct, so ``(site, tenant, name)`` says nothing about rows without a tenant.
    """

    def __init__(self, *, fields: Any, without: str, name: str, **kwargs: Any) -> None:
        self.without = without
        kwargs["condition"] = Q(**{without: None})
        super().__init__(fields=fields, name=name, **kwargs)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        kwargs.pop("condition")
        return path, args, {**kwargs, "without": self.without}

    def validate(self, model: Any, instance: Model, exclude: Any = None, using: str = "default") -> None:
        fields = [model._meta.get_field(name) for name in self.fields]
        values = [getattr(instance, field.attname) for field in fields]
        is_other = getattr(instance, model._meta.get_field(self.without).attname) is not None
        if is_other or None in values or {*self.fields, self.without} & set(exclude or ()):
            return
        if self._is_taken(model, fields, values, instance.pk, connections[using]):
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    def _is_taken(self, model: Any, fields: list[Any], values: list[Any], key: Any, connection: Any) -> bool:
        """To have Django write this query, with every row that is validated, takes as long as to run it."""
        quote = connection.ops.quote_name
        same = " AND ".join(f"{quote(field.column)} = %s" for field in fields)
        without = quote(model._meta.get_field(self.without).column)
        table = quote(model._meta.db_table)
        sql = f"SELECT 1 FROM {table} WHERE {same} AND {without} IS NULL AND id <> %s LIMIT 1"  # noqa: S608  # our names
        prepared = [
            field.get_db_prep_value(value, connection) for field, value in zip(fields, values, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*prepared, key])
            return cursor.fetchone() is not None


class Within(CheckConstraint):
    """The number *field* is from *low* to *high*, or null."""

    def __init__(self, *, field: str, low: int, high: int, name: str, **kwargs: Any) -> None:
        self.field, self.low, self.high = field, low, high
        kwargs.pop("condition", None)
        kwargs["violation_error_message"] = f"Ensure that this value is from {low} to {high}."
        super().__init__(condition=Q(**{f"{field}__gte": low, f"{field}__lte": high}), name=name, **kwargs)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        for name in ("condition", "violation_error_message"):
            kwargs.pop(name, None)
        return path, args, {**kwargs, "field": self.field, "low": self.low, "high": self.high}

    def validate(self, model: Any, instance: Model, exclude: Any = None, using: str = "default") -> None:  # noqa: ARG002  # Django's signature
        value = getattr(instance, self.field)
        if self.field in (exclude or ()) or value is None or self.low <= value <= self.high:
            return
        raise ValidationError({self.field: self.get_violation_error_message()})
