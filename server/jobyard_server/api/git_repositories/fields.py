"""What may be sent about a repository. Only the types are checked here; the registry knows the rules."""

from __future__ import annotations

from rest_framework import serializers

from jobyard_server.registry.models import GitRepository


class RepositoryFields(serializers.Serializer[GitRepository]):
    """The fields that people set; all others are read-only and ignored when they are sent back."""

    name = serializers.CharField()
    slug = serializers.CharField(required=False, allow_blank=True)
    remote_url = serializers.CharField()
    branch = serializers.CharField(required=False)
    username = serializers.CharField(required=False, allow_blank=True)
    token = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, write_only=True, trim_whitespace=False
    )
    provided_contents = serializers.ListField(child=serializers.CharField(), required=False)
