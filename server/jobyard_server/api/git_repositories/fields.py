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
    ssh_key = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, write_only=True, trim_whitespace=False
    )
    poll_interval = serializers.IntegerField(required=False)
    fsck_exceptions = serializers.ListField(child=serializers.CharField(), required=False)
    signature_policy = serializers.CharField(required=False)
    require_signed = serializers.BooleanField(required=False)
    report_to = serializers.CharField(required=False, allow_blank=True)
    report_token = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, write_only=True, trim_whitespace=False
    )
    webhook_secret = serializers.CharField(
        required=False, allow_blank=True, allow_null=True, write_only=True, trim_whitespace=False
    )
    provided_contents = serializers.ListField(child=serializers.CharField(), required=False)
    job_paths = serializers.ListField(child=serializers.CharField(), required=False)
    strict = serializers.BooleanField(required=False)
    auto_enable = serializers.BooleanField(required=False)
    forge = serializers.CharField(required=False, allow_blank=True)


class SyncFields(serializers.Serializer[GitRepository]):
    """How a sync should be done; nothing has to be sent."""

    dry_run = serializers.BooleanField(default=False)
    refresh = serializers.BooleanField(default=False)


class RollbackFields(serializers.Serializer[GitRepository]):
    """A published revision: its id, its commit, or at least the first four digits of that."""

    revision = serializers.CharField()
    reason = serializers.CharField(required=False, allow_blank=True, max_length=500, default="")


class PinFields(serializers.Serializer[GitRepository]):
    """A published revision, as for a rollback."""

    revision = serializers.CharField()


class ConfirmFields(serializers.Serializer[GitRepository]):
    """The commit that was looked at; another one that waits meanwhile is not confirmed by it."""

    commit = serializers.CharField(required=False, allow_blank=True, default="")
