"""Files of rows in the bodies of requests."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.core.files.base import ContentFile
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import SkipField

NOT_A_FILE = "Send the file itself in a form (multipart/form-data), or as a data: address in base64."


@extend_schema_field(OpenApiTypes.BINARY)
class FileSentField(serializers.FileField):
    """A file of a form, a ``data:`` address, or the address that the API shows, which changes nothing."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            return super().to_internal_value(data)
        if data.startswith("data:"):
            return ContentFile(self._decoded(data), name="picture")
        if data.endswith(f"/{self.field_name}/"):
            raise SkipField
        raise serializers.ValidationError(NOT_A_FILE)

    def _decoded(self, data: str) -> bytes:
        head, _, text = data.partition(",")
        try:
            return base64.b64decode(text if head.endswith(";base64") else "no base64", validate=True)
        except (ValueError, binascii.Error):
            raise serializers.ValidationError(NOT_A_FILE) from None
