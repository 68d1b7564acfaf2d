"""Data for device configuration, given to devices and virtual machines by what they are and where."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from jobyard_server.inventory.base import InventoryModel
from jobyard_server.inventory.base.trees import keys_below

M2M = models.ManyToManyField  # all of the same shape: a context applies where one of its rows fits


class ConfigContext(InventoryModel):
    """A dictionary that applies to some devices; a greater weight wins."""

    name = models.CharField(max_length=100, unique=True)
    weight = models.PositiveSmallIntegerField(default=1000)
    description = models.CharField(max_length=200, blank=True)
    is_active = models.BooleanField(default=True)
    data = models.JSONField(default=dict)
    regions: Any = M2M("dcim.Region", related_name="+", blank=True)
    sites: Any = M2M("dcim.Site", related_name="+", blank=True)
    locations: Any = M2M("dcim.Location", related_name="+", blank=True)
    roles: Any = M2M("dcim.DeviceRole", related_name="+", blank=True)
    device_types: Any = M2M("dcim.DeviceType", related_name="+", blank=True)
    platforms: Any = M2M("dcim.Platform", related_name="+", blank=True)
    cluster_groups: Any = M2M("virtualization.ClusterGroup", related_name="+", blank=True)
    clusters: Any = M2M("virtualization.Cluster", related_name="+", blank=True)
    tenant_groups: Any = M2M("tenancy.TenantGroup", related_name="+", blank=True)
    tenants: Any = M2M("tenancy.Tenant", related_name="+", blank=True)
    tags: Any = M2M("extras.Tag", related_name="+", blank=True)

    class Meta:
        ordering = ("weight", "name")

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        super().clean()
        if not isinstance(self.data, dict):
            raise ValidationError({"data": 'JSON data must be in object form. Example: {"foo": 123}'})


class ConfigContextModel(models.Model):
    """Devices and virtual machines: what applies to them, and what is said of them alone."""

    local_context_data = models.JSONField(null=True, blank=True)

    class Meta:
        abstract = True

    def get_config_context(self) -> dict[str, Any]:
        """All active contexts that apply, merged by weight, and the row's own data on top."""
        merged: dict[str, Any] = {}
        for context in self._contexts():
            _merge(merged, context.data)
        _merge(merged, self.local_context_data or {})
        return merged

    def _contexts(self) -> Any:
        rows = ConfigContext.objects.filter(is_active=True)
        for name, keys in self.context_keys().items():
            rows = rows.filter(models.Q(**{f"{name}__in": keys}) | models.Q(**{name: None}))
        return rows.distinct()

    def context_keys(self) -> dict[str, list[Any]]:
        """For each relation of a context the keys of the rows that this one belongs to."""
        raise NotImplementedError  # each kind of row that has contexts says it

    def clean(self) -> None:
        super().clean()
        if self.local_context_data is not None and not isinstance(self.local_context_data, dict):
            raise ValidationError({"local_context_data": 'JSON data must be in object form: {"foo": 123}'})


def _merge(into: dict[str, Any], data: dict[str, Any]) -> None:
    for key, value in data.items():
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value)
        else:
            into[key] = dict(value) if isinstance(value, dict) else value


def keys_above(row: Any) -> list[Any]:
    """The key of *row* and of all that it lies in; none without a row."""
    return [found.pk for found in row.get_ancestors(include_self=True)] if row is not None else []


__all__ = ["ConfigContext", "ConfigContextModel", "keys_above", "keys_below"]
