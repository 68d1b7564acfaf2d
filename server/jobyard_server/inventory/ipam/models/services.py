"""What listens on a device or a virtual machine."""

from __future__ import annotations

from typing import Any

from django.db import models

from jobyard_server.inventory.base import PrimaryModel
from jobyard_server.inventory.base.model import refuse
from jobyard_server.inventory.ipam.choices import ServiceProtocolChoices
from jobyard_server.inventory.ipam.constants import SERVICE_PORT_MAX, SERVICE_PORT_MIN
from jobyard_server.inventory.ipam.models.addresses import IPAddress


class Ports(PrimaryModel):
    """A name, a protocol and ports."""

    name = models.CharField(max_length=100)
    protocol = models.CharField(max_length=50, choices=ServiceProtocolChoices.CHOICES)
    ports = models.JSONField(default=list)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering = ("name",)

    def __str__(self) -> str:
        listed = ",".join(str(port) for port in self.ports)
        return f"{self.name} ({self.protocol.upper()}/{listed})"

    def clean(self) -> None:
        super().clean()
        is_list = isinstance(self.ports, list) and self.ports
        fits = is_list and all(
            isinstance(port, int) and SERVICE_PORT_MIN <= port <= SERVICE_PORT_MAX for port in self.ports
        )
        refuse(not fits, "ports", f"Give a list of ports from {SERVICE_PORT_MIN} to {SERVICE_PORT_MAX}.")


class ServiceTemplate(Ports):
    """A service as it usually is."""

    class Meta(Ports.Meta):
        constraints = [models.UniqueConstraint(fields=["name"], name="service_template_name_once")]


class Service(Ports):
    device: Any = models.ForeignKey(
        "dcim.Device", null=True, blank=True, on_delete=models.CASCADE, related_name="services"
    )
    virtual_machine: Any = models.ForeignKey(
        "virtualization.VirtualMachine",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="services",
    )
    ipaddresses = models.ManyToManyField(IPAddress, related_name="services", blank=True)

    @property
    def parent(self) -> Any:
        return self.device or self.virtual_machine

    def clean(self) -> None:
        super().clean()
        refuse(
            bool(self.device) == bool(self.virtual_machine),
            "device",
            "A service must be associated with either a device or a virtual machine.",
        )
