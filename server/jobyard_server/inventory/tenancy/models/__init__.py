"""The models with the app label ``tenancy``."""

from __future__ import annotations

from jobyard_server.inventory.tenancy.models.contacts import Contact, ContactAssignment, ContactRole
from jobyard_server.inventory.tenancy.models.tenants import Tenant, TenantGroup

__all__ = ["Contact", "ContactAssignment", "ContactRole", "Tenant", "TenantGroup"]
