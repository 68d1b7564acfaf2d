"""The column with the values of custom fields."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models


class CustomFieldColumn(models.JSONField):
    """
    Values by name of the custom field.

    Job files give dates, times and decimals as such, when they save and when they look rows up.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "encoder": DjangoJSONEncoder})

    def deconstruct(self) -> Any:
        """For migrations it is an ordinary column of JSON: the encoder is not a matter of the database."""
        name, _, args, options = super().deconstruct()
        del options["encoder"]
        return name, "django.db.models.JSONField", args, options
