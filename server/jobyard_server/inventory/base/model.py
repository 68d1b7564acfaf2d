"""What every row that jobs work on can do."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any, ClassVar

from django.contrib.contenttypes.fields import GenericRelation
from django.core.exceptions import ValidationError
from django.db import models

from jobyard_server.inventory.base.aliases import Alias, real_path
from jobyard_server.inventory.base.custom_field_column import CustomFieldColumn
from jobyard_server.inventory.base.custom_fields import check_custom_fields
from jobyard_server.inventory.base.foreign_keys import trusted_relations
from jobyard_server.inventory.base.rows import InventoryManager
from jobyard_server.inventory.base.slugs import SlugField
from jobyard_server.inventory.base.tags import TagsField
from jobyard_server.inventory.base.targets import check_targets
from jobyard_server.inventory.base.uniqueness import is_anything_taken, other_constraints


class InventoryModel(models.Model):
    """A row that jobs work on: UUID key, and ``validated_save()``."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created = models.DateTimeField(auto_now_add=True, null=True)
    last_updated = models.DateTimeField(auto_now=True, null=True)

    objects: ClassVar[Any] = InventoryManager()  # typed by hand: the plugin finds no generic one

    class Meta:
        abstract = True

    def validated_save(self, *args: Any, **kwargs: Any) -> None:
        """
        Validate everything the model knows, then save.

        Raises:
            ValidationError: A field, a unique rule or ``clean()`` refused.
        """
        self.full_clean()
        self.save(*args, **kwargs)

    def full_clean(
        self,
        exclude: Any = None,
        validate_unique: bool = True,  # noqa: FBT001, FBT002  # Django's signature
        validate_constraints: bool = True,  # noqa: FBT001, FBT002  # Django's signature
    ) -> None:
        """
        As Django's, but rules over several fields are only looked at when each field is right by itself.

        So ``clean()`` may rely on required relations and on addresses being addresses.
        """
        excluded = set(exclude or ())
        self.clean_fields(exclude=excluded)
        self.clean()
        excluded.add("id")  # a random number needs no look-up; the primary key stands behind it
        checks: list[Any] = [self.validate_unique] if validate_unique else []
        checks += [self.validate_constraints] if validate_constraints else []
        if len(checks) == 2 and not is_anything_taken(self, excluded):  # noqa: PLR2004  # both are wanted
            checks = [partial(rule.validate, type(self), self) for rule in other_constraints(type(self))]
        errors: dict[str, Any] = {}
        for check in checks:
            try:
                check(exclude=excluded)
            except ValidationError as exc:
                errors = exc.update_error_dict(errors)
        if errors:
            raise ValidationError(errors)

    def clean_fields(self, exclude: Any = None) -> None:
        for field in self._meta.concrete_fields:
            if isinstance(field, SlugField):
                field.fill(self)
        super().clean_fields(exclude={*(exclude or ()), *trusted_relations(self)})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """As Django's; *update_fields* may hold second names of fields."""
        if names := kwargs.get("update_fields"):
            kwargs["update_fields"] = [real_path(type(self), name) for name in names]
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        check_targets(self)

    def written_by(self, user: Any) -> None:
        """Told of a new row that *user* sends through a page or REST; for rows that name their author."""

    def check_lists(self) -> None:
        """
        Rules over many-to-many relations, which ``clean()`` comes too early for.

        Told when a page or REST has saved them, in the same transaction.

        Raises:
            ValidationError: They do not fit the row, or other rows.
        """

    def snapshot(self) -> None:
        """Remember the values as they are now; the change log of the database does not need it."""
        self._prechange_snapshot = {
            field.attname: getattr(self, field.attname)
            for field in self._meta.concrete_fields
            if not field.generated
        }

    @property
    def present_in_database(self) -> bool:
        return not self._state.adding

    def get_absolute_url(self) -> str:
        meta = self._meta
        plural = str(meta.verbose_name_plural).lower().replace(" ", "-")
        return f"/{meta.app_label}/{plural}/{self.pk}/"


class CustomFieldModel(InventoryModel):
    """A row with fields that people added: ``row.cf["owner"]``."""

    custom_field_data = CustomFieldColumn(default=dict, blank=True)
    _custom_field_data = Alias("custom_field_data")

    class Meta:
        abstract = True

    @property
    def cf(self) -> dict[str, Any]:
        """The values by name of the field; changing this dictionary changes the row."""
        found: dict[str, Any] = self.custom_field_data
        return found

    def get_custom_fields(self) -> dict[Any, Any]:
        """The fields of this kind of row, each with its value here."""
        from jobyard_server.inventory.base.custom_fields import fields_of  # noqa: PLC0415  # see there

        return {field: self.custom_field_data.get(field.name) for field in fields_of(type(self))}

    def clean(self) -> None:
        super().clean()
        check_custom_fields(self)


class RememberedModel(CustomFieldModel):
    """A row with notes, pictures, contacts, and ties that people defined; they go when it goes."""

    contacts = GenericRelation("tenancy.ContactAssignment")
    images = GenericRelation("extras.ImageAttachment")
    notes = GenericRelation("extras.Note", "assigned_object_id", "assigned_object_type")
    source_for_associations = GenericRelation("extras.RelationshipAssociation", "source_id", "source_type")
    destination_for_associations = GenericRelation(
        "extras.RelationshipAssociation", "destination_id", "destination_type"
    )

    class Meta:
        abstract = True


class PrimaryModel(RememberedModel):
    """A row with tags as well."""

    tags = TagsField()

    class Meta:
        abstract = True


class OrganizationalModel(RememberedModel):
    """A named thing with a slug."""

    name = models.CharField(max_length=100, unique=True)
    slug = SlugField(unique=True)
    description = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar[Any] = ("name",)

    def __str__(self) -> str:
        return str(self.name)


def refuse(condition: object, field: str, message: str) -> None:
    """
    Refuse the value of *field* if *condition* holds.

    Raises:
        ValidationError: It does.
    """
    if condition:
        raise ValidationError({field: message})
