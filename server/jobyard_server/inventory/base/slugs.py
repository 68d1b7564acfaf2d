"""Slugs that make themselves from the name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.text import slugify

if TYPE_CHECKING:
    _SlugField = models.SlugField[Any, Any]
else:
    _SlugField = models.SlugField  # not generic when the program runs


class SlugField(_SlugField):
    """A slug; left empty it is made from another field when the row is validated or saved."""

    def __init__(self, *args: Any, source: str = "name", **kwargs: Any) -> None:
        self.source = source
        kwargs = {"max_length": 100, "blank": True, **kwargs}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        if self.source != "name":
            kwargs["source"] = self.source
        return name, path, args, kwargs

    def fill(self, row: models.Model) -> None:
        if not getattr(row, self.attname):
            setattr(row, self.attname, slugify(str(getattr(row, self.source)))[: self.max_length])

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:  # noqa: FBT001  # Django's signature
        self.fill(model_instance)
        return super().pre_save(model_instance, add)
