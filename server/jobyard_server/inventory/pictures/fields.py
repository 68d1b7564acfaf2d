"""The column that names a picture."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.crypto import get_random_string
from django.utils.text import get_valid_filename

from jobyard_server.inventory.pictures.reading import Picture, read_picture
from jobyard_server.inventory.pictures.storage import PictureStorage

FOLDER = "image-attachments"
LONGEST_STEM = 60  #: Characters of the name that a file came with.


def place_of(row: Any, filename: str) -> str:
    """``image-attachments/<key of the row>/<8 random letters>-<name>``."""
    return f"{FOLDER}/{row.pk}/{get_random_string(8).lower()}-{filename}"


def _stem(filename: str) -> str:
    """The name that a file came with, made harmless, without its ending."""
    try:
        name = get_valid_filename(PurePath(filename.replace("\\", "/")).name)
    except ValueError:  # nothing is left of it
        name = "picture"
    return PurePath(name).stem[:LONGEST_STEM]


class _PictureFile(models.fields.files.FieldFile):
    def save(self, name: str, content: Any, save: bool = True) -> None:  # noqa: FBT001, FBT002  # Django's signature
        """
        Check *content* and store it; its ending says what it is.

        Raises:
            ValidationError: No picture. Each way to store one comes through here.
        """
        field: Any = self.field
        picture = field.measured(content, self.instance)
        super().save(f"{_stem(name)}.{picture.ending}", content, save)

    @property
    def filename(self) -> str:
        """The name that it was saved with, for people."""
        return PurePath(self.name or "").name.partition("-")[2]


class PictureField(models.FileField):
    """A picture; width and height of a new one go to the columns ``<name>_width`` and ``<name>_height``."""

    attr_class = _PictureFile

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("upload_to", place_of)
        kwargs.setdefault("storage", PictureStorage())
        kwargs.setdefault("max_length", 200)
        super().__init__(**kwargs)

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        if value and not value._committed:  # noqa: SLF001  # Django's own way to tell what is new
            read_picture(value.file)

    def measured(self, content: Any, row: Any) -> Picture:
        """
        What *content* is; *row* learns its size.

        Raises:
            ValidationError: No picture.
        """
        try:
            picture = read_picture(content)
        except ValidationError as exc:
            raise ValidationError({self.name: exc.messages}) from None
        setattr(row, f"{self.name}_width", picture.width)
        setattr(row, f"{self.name}_height", picture.height)
        return picture
