"""Who provides circuits."""

from __future__ import annotations

from django.db import models

from jobyard_server.inventory.base import PrimaryModel, SlugField


class Provider(PrimaryModel):
    name = models.CharField(max_length=100, unique=True)
    slug = SlugField(unique=True)
    asn = models.BigIntegerField(null=True, blank=True)
    account = models.CharField(max_length=100, blank=True)
    portal_url = models.URLField(blank=True)
    noc_contact = models.TextField(blank=True)
    admin_contact = models.TextField(blank=True)
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)


class ProviderNetwork(PrimaryModel):
    """The inside of a provider, of which no more is known."""

    name = models.CharField(max_length=100)
    slug = SlugField(unique=True)
    provider = models.ForeignKey(Provider, on_delete=models.PROTECT, related_name="provider_networks")
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("provider", "name")
        constraints = [models.UniqueConstraint(fields=["provider", "name"], name="provider_network_once")]

    def __str__(self) -> str:
        return str(self.name)
