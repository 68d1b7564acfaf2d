"""Tags of a row: added, removed and set as rows or by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db import models
from django.db.models.fields.related_descriptors import ManyToManyDescriptor
from django.utils.functional import cached_property
from django.utils.text import slugify

if TYPE_CHECKING:
    _ManyToManyField = models.ManyToManyField[Any, Any]
    _Descriptor = ManyToManyDescriptor[Any, Any]
else:
    _ManyToManyField = models.ManyToManyField  # not generic when the program runs
    _Descriptor = ManyToManyDescriptor


class TagsField(_ManyToManyField):
    """A many-to-many relation to Tag that understands names."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        if not args:
            kwargs.setdefault("to", "extras.Tag")
        kwargs.setdefault("related_name", "+")
        kwargs["blank"] = True
        super().__init__(*args, **kwargs)

    def contribute_to_class(self, cls: Any, name: str, *args: Any, **kwargs: Any) -> None:
        super().contribute_to_class(cls, name, *args, **kwargs)
        setattr(cls, name, TagsAttribute(self.remote_field, reverse=False))


class TagsAttribute(_Descriptor):
    @cached_property
    def related_manager_cls(self) -> type[Any]:
        found = super().related_manager_cls  # a cached property of Django's own
        return type("TagsManager", (_ByName, found), {})


class _ByName:
    """The part of a manager of tags that turns names into tags."""

    def add(self, *tags: Any, **kwargs: Any) -> None:
        super().add(*_tags(tags, make=True), **kwargs)  # type: ignore[misc]  # mixed into a manager

    def remove(self, *tags: Any) -> None:
        super().remove(*_tags(tags, make=False))  # type: ignore[misc]  # see above

    def set(self, tags: Any, *more: Any, **kwargs: Any) -> None:
        given = [tags, *more] if isinstance(tags, str) or more else list(tags)
        super().set(_tags(given, make=True), **kwargs)  # type: ignore[misc]  # see above

    def names(self) -> Any:
        return self.values_list("name", flat=True)  # type: ignore[attr-defined]  # see above

    def slugs(self) -> Any:
        return self.values_list("slug", flat=True)  # type: ignore[attr-defined]  # see above


def _tags(given: Any, *, make: bool) -> list[Any]:
    """Rows for names: existing ones, and new ones where *make* says so."""
    rows = apps.get_model("extras", "Tag")._default_manager
    names = [tag for tag in given if isinstance(tag, str)]
    known = {tag.name: tag for tag in rows.filter(name__in=names)} if names else {}
    for name in dict.fromkeys(names):
        if make and name not in known:
            known[name] = rows.create(name=name, slug=slugify(name))
    found = [known.get(tag) if isinstance(tag, str) else tag for tag in given]
    return [tag for tag in found if tag is not None]
