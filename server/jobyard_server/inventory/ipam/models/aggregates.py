"""Address space, by the registry that gave it."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.indexes import GistIndex
from django.db import models

from jobyard_server.inventory.base import DerivedField, NetworkField, OrganizationalModel, PrimaryModel
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.ipam.models.by_network import NetworkManager


class RIR(OrganizationalModel):
    """A registry, or a standard that reserves addresses."""

    is_private = models.BooleanField(default=False)

    class Meta(OrganizationalModel.Meta):
        verbose_name = "RIR"
        verbose_name_plural = "RIRs"


class Aggregate(PrimaryModel):
    """A part of the address space; two of them never overlap."""

    prefix = NetworkField()
    network = DerivedField(of="prefix", part="network")
    prefix_length = DerivedField(of="prefix", part="prefix_length")
    rir = models.ForeignKey(RIR, on_delete=models.PROTECT, related_name="aggregates")
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="aggregates"
    )
    date_added = models.DateField(null=True, blank=True)
    description = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = NetworkManager()

    class Meta:
        ordering = ("prefix",)
        indexes = [GistIndex(fields=["prefix"], opclasses=["inet_ops"], name="aggregate_prefix_tree")]

    def __str__(self) -> str:
        return str(self.prefix)

    @property
    def family(self) -> int | None:
        return self.prefix.version if self.prefix else None

    def clean(self) -> None:
        super().clean()
        others = Aggregate.objects.exclude(pk=self.pk).filter(prefix__net_overlaps=self.prefix)
        found = others.first()
        refuse(found, "prefix", f"Aggregates cannot overlap. {self.prefix} overlaps {found}.")
