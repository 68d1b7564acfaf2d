"""Whom to call."""

from __future__ import annotations

from django.contrib.contenttypes.fields import GenericForeignKey
from django.db import models

from jobyard_server.inventory.base import OrganizationalModel, PrimaryModel
from jobyard_server.inventory.base.model import CustomFieldModel
from jobyard_server.inventory.tenancy.choices import ContactPriorityChoices


class ContactRole(OrganizationalModel):
    """What somebody is called for."""


class Contact(PrimaryModel):
    name = models.CharField(max_length=100)
    title = models.CharField(max_length=100, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    link = models.URLField(blank=True)
    description = models.CharField(max_length=200, blank=True)
    comments = models.TextField(blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)


class ContactAssignment(CustomFieldModel):
    content_type = models.ForeignKey("contenttypes.ContentType", on_delete=models.CASCADE, related_name="+")
    object_id = models.UUIDField(db_index=True)
    object = GenericForeignKey("content_type", "object_id")
    contact = models.ForeignKey(Contact, on_delete=models.PROTECT, related_name="assignments")
    role = models.ForeignKey(
        ContactRole, null=True, blank=True, on_delete=models.PROTECT, related_name="contact_assignments"
    )
    priority = models.CharField(max_length=50, choices=ContactPriorityChoices.CHOICES, blank=True)

    class Meta:
        ordering = ("priority", "contact")
        constraints = [
            models.UniqueConstraint(
                fields=["content_type", "object_id", "contact", "role"], name="contact_assignment_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact} ({self.role})" if self.role else str(self.contact)
