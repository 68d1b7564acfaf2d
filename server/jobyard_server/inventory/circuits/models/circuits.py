"""Circuits and their two ends."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import OrganizationalModel, PrimaryModel, StatusField
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.circuits.choices import CircuitTerminationSideChoices
from jobyard_server.inventory.circuits.models.providers import Provider, ProviderNetwork
from jobyard_server.inventory.dcim.models.cable_ends import PathEnd


class CircuitType(OrganizationalModel):
    """Internet, dark fibre, …"""


class Circuit(PrimaryModel):
    cid = models.CharField(max_length=100, verbose_name="circuit ID")
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="circuits")
    type = models.ForeignKey(CircuitType, on_delete=models.PROTECT, related_name="circuits")
    status = StatusField()
    tenant: Any = models.ForeignKey(
        "tenancy.Tenant", null=True, blank=True, on_delete=models.PROTECT, related_name="circuits"
    )
    install_date = models.DateField(null=True, blank=True)
    termination_date = models.DateField(null=True, blank=True)
    commit_rate = models.PositiveIntegerField(null=True, blank=True)  # Kbps
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("provider", "cid")
        constraints = [models.UniqueConstraint(fields=["provider", "cid"], name="circuit_id_of_provider")]

    def __str__(self) -> str:
        return str(self.cid)

    @property
    def termination_a(self) -> Any:
        return self.terminations.filter(term_side="A").first()

    @property
    def termination_z(self) -> Any:
        return self.terminations.filter(term_side="Z").first()


class CircuitTermination(PathEnd, PrimaryModel):
    """Where a circuit ends: at a site, or in the network of a provider."""

    belongs_to = "circuit"  #: See the components of devices.
    shown_with = ("site", "provider_network")

    circuit = models.ForeignKey(Circuit, on_delete=models.CASCADE, related_name="terminations")
    term_side = models.CharField(max_length=1, choices=CircuitTerminationSideChoices.CHOICES)
    site: Any = models.ForeignKey(
        "dcim.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="circuit_terminations"
    )
    location: Any = models.ForeignKey(
        "dcim.Location", null=True, blank=True, on_delete=models.PROTECT, related_name="circuit_terminations"
    )
    provider_network = models.ForeignKey(
        ProviderNetwork, null=True, blank=True, on_delete=models.PROTECT, related_name="circuit_terminations"
    )
    port_speed = models.PositiveIntegerField(null=True, blank=True)  # Kbps
    upstream_speed = models.PositiveIntegerField(null=True, blank=True)  # Kbps
    xconnect_id = models.CharField(max_length=50, blank=True)
    pp_info = models.CharField(max_length=100, blank=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ("circuit", "term_side")
        constraints = [models.UniqueConstraint(fields=["circuit", "term_side"], name="circuit_side_once")]

    def __str__(self) -> str:
        return f"Termination {self.term_side}: {self.site or self.provider_network}"

    def get_peer_termination(self) -> Any:
        other = "Z" if self.term_side == "A" else "A"
        return self.circuit.terminations.filter(term_side=other).first()

    def clean(self) -> None:
        super().clean()
        refuse(
            bool(self.site) == bool(self.provider_network),
            "site",
            "A circuit termination must attach to either a site or a provider network.",
        )
