"""Numbers of autonomous systems."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import PrimaryModel, Within
from jobyard_server.inventory.ipam.models.aggregates import RIR


class ASN(PrimaryModel):
    asn = models.BigIntegerField(unique=True)
    rir = models.ForeignKey(RIR, on_delete=models.PROTECT, related_name="asns")
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="asns"
    )
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("asn",)
        verbose_name = "ASN"
        constraints = [Within(field="asn", low=1, high=2**32 - 1, name="asn_asn_in_range")]

    def __str__(self) -> str:
        return f"AS{self.asn}"
