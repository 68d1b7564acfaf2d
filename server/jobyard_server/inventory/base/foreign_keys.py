"""
References that validation need not look up again.

Django asks the database for each foreign key whether its row exists. A row that was just loaded or saved is
proof enough, and the constraint of the database stands behind it; ten such questions per device add up.
"""

from __future__ import annotations

from django.db.models import ForeignKey, Model


def trusted_relations(row: Model) -> set[str]:
    """Names of the fields whose row is at hand and was saved."""
    return {field.name for field in row._meta.concrete_fields if _is_at_hand(row, field)}


def _is_at_hand(row: Model, field: object) -> bool:
    if not isinstance(field, ForeignKey) or not field.is_cached(row):
        return False
    related = field.get_cached_value(row)
    return related is not None and not related._state.adding and related.pk == getattr(row, field.attname)  # noqa: SLF001  # Django's documented name
