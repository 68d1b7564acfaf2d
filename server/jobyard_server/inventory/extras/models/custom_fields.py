"""Fields that people add to kinds of rows, and the values they allow."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models

from jobyard_server.inventory.base import Alias, InventoryModel
from jobyard_server.inventory.extras.choices import CustomFieldFilterLogicChoices, CustomFieldTypeChoices
from jobyard_server.inventory.extras.models import custom_field_values as values
from jobyard_server.inventory.extras.models.of_model import ForModelManager


class CustomField(InventoryModel):
    """One field; its values lie in ``custom_field_data`` of the rows."""

    content_types = models.ManyToManyField(
        "contenttypes.ContentType", related_name="custom_fields", blank=True
    )
    object_types = Alias("content_types")
    type = models.CharField(
        max_length=50, choices=CustomFieldTypeChoices.CHOICES, default=CustomFieldTypeChoices.TYPE_TEXT
    )
    name = models.CharField(
        max_length=50,
        unique=True,
        validators=[RegexValidator(r"^[A-Za-z0-9_-]+$", "Letters, digits, _ and -.")],
    )
    slug = Alias("name")
    label = models.CharField(max_length=50, blank=True)
    description = models.CharField(max_length=200, blank=True)
    required = models.BooleanField(default=False)
    filter_logic = models.CharField(
        max_length=50, choices=CustomFieldFilterLogicChoices.CHOICES, default="loose"
    )
    default = models.JSONField(null=True, blank=True)
    weight = models.PositiveSmallIntegerField(default=100)
    validation_minimum = models.BigIntegerField(null=True, blank=True)
    validation_maximum = models.BigIntegerField(null=True, blank=True)
    validation_regex = models.CharField(max_length=500, blank=True)

    objects: ClassVar[Any] = ForModelManager()

    class Meta:
        ordering = ("weight", "name")

    def __str__(self) -> str:
        return str(self.label or self.name.replace("_", " ").capitalize())

    def clean(self) -> None:
        super().clean()
        try:
            re.compile(self.validation_regex)
        except re.error as exc:
            raise ValidationError({"validation_regex": f"Not a regular expression: {exc}."}) from None
        if self.default is not None:
            values.check(self, self.default, self._allowed())

    def check_value(self, value: Any) -> None:
        """
        Check a value of a row.

        Raises:
            ValidationError: The value is missing or not one of this field.
        """
        if value is None or value == "":
            if self.required:
                raise ValidationError({f"cf_{self.name}": "Required field cannot be empty."})
            return
        values.check(self, value, self._allowed())

    def _allowed(self) -> set[str]:
        if self.type not in (CustomFieldTypeChoices.TYPE_SELECT, CustomFieldTypeChoices.TYPE_MULTISELECT):
            return set()
        return {choice.value for choice in self.choices.all()}


class CustomFieldChoice(InventoryModel):
    """One of the values of a selection."""

    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="choices")
    value = models.CharField(max_length=100)
    weight = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ("field", "weight", "value")
        constraints = [models.UniqueConstraint(fields=["field", "value"], name="custom_field_choice_once")]

    def __str__(self) -> str:
        return str(self.value)
