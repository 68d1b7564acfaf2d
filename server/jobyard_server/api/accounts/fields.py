"""What may be sent about accounts, groups, permissions and tokens; the rules are in ``access.editing``."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import Group
from rest_framework import serializers

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.api.inventory.references import KindField

MOST = 1000


class ReferenceField(serializers.PrimaryKeyRelatedField[Any]):
    """A row by its id, alone or as ``{"id": …}``; only rows that the caller may view are there."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(pk_field=None, **kwargs)

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        user = self.context.get("user")
        return rows if user is None or rows is None else restrict(rows, user, "view")

    def to_internal_value(self, data: Any) -> Any:
        return super().to_internal_value(data.get("id") if isinstance(data, dict) else data)


class UserFields(serializers.Serializer[Any]):
    """An account."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(
        required=False, allow_null=True, write_only=True, trim_whitespace=False, max_length=4096
    )
    first_name = serializers.CharField(required=False, allow_blank=True, max_length=150)
    last_name = serializers.CharField(required=False, allow_blank=True, max_length=150)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    is_active = serializers.BooleanField(required=False)
    is_staff = serializers.BooleanField(required=False)
    is_superuser = serializers.BooleanField(required=False)
    groups = ReferenceField(queryset=Group.objects.all(), many=True, required=False)
    second_factor = serializers.BooleanField(required=False, help_text="False takes it away.")


class GroupFields(serializers.Serializer[Any]):
    """A group."""

    name = serializers.CharField(max_length=150)


class PermissionFields(serializers.Serializer[Any]):
    """An object permission."""

    name = serializers.CharField(max_length=100)
    description = serializers.CharField(required=False, allow_blank=True, max_length=200)
    enabled = serializers.BooleanField(required=False)
    object_types = serializers.ListField(child=KindField(queryset=Group.objects.none()), max_length=MOST)
    groups = ReferenceField(queryset=Group.objects.all(), many=True, required=False)
    users = ReferenceField(queryset=User.objects.all(), many=True, required=False)
    actions = serializers.ListField(child=serializers.CharField(max_length=50))
    constraints = serializers.JSONField(required=False, allow_null=True)


class TokenFields(serializers.Serializer[Any]):
    """A token; without ``user`` it is the caller's own."""

    user = ReferenceField(queryset=User.objects.all(), required=False)
    description = serializers.CharField(required=False, allow_blank=True, max_length=200)
    enabled = serializers.BooleanField(required=False)
    write_enabled = serializers.BooleanField(required=False)
    expires = serializers.DateTimeField(required=False, allow_null=True)
    allowed_networks = serializers.ListField(
        child=serializers.CharField(max_length=50), required=False, max_length=100
    )
