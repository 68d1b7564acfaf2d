"""Rows that lie within others: regions, groups of sites, locations, tenants."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, models

from jobyard_server.inventory.base.words import with_article

DOWN = (
    "WITH RECURSIVE tree AS (SELECT id FROM {table} WHERE id = ANY(%s)"
    " UNION SELECT child.id FROM {table} child JOIN tree ON child.parent_id = tree.id) SELECT id FROM tree"
)
UP = (
    "WITH RECURSIVE tree AS (SELECT id, parent_id FROM {table} WHERE id = ANY(%s)"
    " UNION SELECT above.id, above.parent_id FROM {table} above JOIN tree ON above.id = tree.parent_id)"
    " SELECT id FROM tree"
)


def keys_below(model: type[models.Model], keys: list[Any]) -> list[Any]:
    """The keys of the rows with *keys* and of all rows within them."""
    return _walk(DOWN, model, keys)


def _walk(sql: str, model: type[models.Model], keys: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql.format(table=connection.ops.quote_name(model._meta.db_table)), [keys])
        return [key for (key,) in cursor.fetchall()]


class TreeModel(models.Model):
    """Adds what lies above and below; needs a field ``parent``."""

    class Meta:
        abstract = True

    def get_ancestors(self, *, ascending: bool = False, include_self: bool = False) -> Any:
        del ascending  # kept for callers of other trees; the order is by name
        return self._rows(UP, include_self=include_self)

    def get_descendants(self, *, include_self: bool = False) -> Any:
        return self._rows(DOWN, include_self=include_self)

    def get_children(self) -> Any:
        return self._rows_of_this_kind().filter(parent=self)

    def get_root(self) -> Any:
        return self.get_ancestors(include_self=True).get(parent=None)

    def _rows_of_this_kind(self) -> Any:
        return type(self)._default_manager.all()

    def _rows(self, sql: str, *, include_self: bool) -> Any:
        keys = set(_walk(sql, type(self), [self.pk]))
        return self._rows_of_this_kind().filter(pk__in=keys if include_self else keys - {self.pk})

    def clean(self) -> None:
        super().clean()
        parent = getattr(self, "parent_id", None)
        if parent and not self._state.adding and parent in _walk(DOWN, type(self), [self.pk]):
            name = with_article(str(self._meta.verbose_name)).replace("a", "A", 1)
            raise ValidationError({"parent": f"{name} cannot lie within itself or within one of its own."})
