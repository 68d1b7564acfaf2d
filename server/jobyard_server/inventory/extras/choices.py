"""``extras.choices``: those of runs and change log from the SDK, and those of the models here."""

from __future__ import annotations

from jobyard.compat.extras_choices import (
    ChoiceSet,
    CustomFieldTypeChoices,
    JobExecutionType,
    JobResultStatusChoices,
    LogLevelChoices,
    ObjectChangeActionChoices,
)

__all__ = [
    "ChoiceSet",
    "CustomFieldFilterLogicChoices",
    "CustomFieldTypeChoices",
    "JobExecutionType",
    "JobResultStatusChoices",
    "LogLevelChoices",
    "ObjectChangeActionChoices",
    "RelationshipTypeChoices",
    "SecretsGroupAccessTypeChoices",
    "SecretsGroupSecretTypeChoices",
]


class CustomFieldFilterLogicChoices(ChoiceSet):
    FILTER_DISABLED = "disabled"
    FILTER_LOOSE = "loose"
    FILTER_EXACT = "exact"
    CHOICES = ((FILTER_DISABLED, "Disabled"), (FILTER_LOOSE, "Loose"), (FILTER_EXACT, "Exact"))


class RelationshipTypeChoices(ChoiceSet):
    TYPE_ONE_TO_ONE = "one-to-one"
    TYPE_ONE_TO_MANY = "one-to-many"
    TYPE_MANY_TO_MANY = "many-to-many"
    TYPE_MANY_TO_ONE = "many-to-one"
    CHOICES = (
        (TYPE_ONE_TO_ONE, "One to One"),
        (TYPE_ONE_TO_MANY, "One to Many"),
        (TYPE_MANY_TO_MANY, "Many to Many"),
        (TYPE_MANY_TO_ONE, "Many to One"),
    )


class SecretsGroupAccessTypeChoices(ChoiceSet):
    TYPE_GENERIC = "Generic"
    TYPE_CONSOLE = "Console"
    TYPE_GNMI = "gNMI"
    TYPE_HTTP = "HTTP(S)"
    TYPE_NETCONF = "NETCONF"
    TYPE_REST = "REST"
    TYPE_RESTCONF = "RESTCONF"
    TYPE_SNMP = "SNMP"
    TYPE_SSH = "SSH"
    CHOICES = tuple(
        (value, value)
        for value in ("Generic", "Console", "gNMI", "HTTP(S)", "NETCONF", "REST", "RESTCONF", "SNMP", "SSH")
    )


class SecretsGroupSecretTypeChoices(ChoiceSet):
    TYPE_KEY = "key"
    TYPE_PASSWORD = "password"  # noqa: S105  # the name of a kind of secret
    TYPE_SECRET = "secret"  # noqa: S105  # see above
    TYPE_TOKEN = "token"  # noqa: S105  # see above
    TYPE_USERNAME = "username"
    CHOICES = (
        (TYPE_KEY, "Key"),
        (TYPE_PASSWORD, "Password"),
        (TYPE_SECRET, "Secret"),
        (TYPE_TOKEN, "Token"),
        (TYPE_USERNAME, "Username"),
    )
