"""
Rules that the database enforces and that validation checks by looking at the row.

Django evaluates the condition of a constraint in the database, which takes longer than all the rest of the
validation of a row.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
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
        values = {name: getattr(instance, model._meta.get_field(name).attname) for name in self.fields}
        is_other = getattr(instance, model._meta.get_field(self.without).attname) is not None
        if is_other or None in values.values() or {*self.fields, self.without} & set(exclude or ()):
            return
        same = model._default_manager.using(using).filter(**values, **{self.without: None})
        if same.exclude(pk=instance.pk).exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)


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
