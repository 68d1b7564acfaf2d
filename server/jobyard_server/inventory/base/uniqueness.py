"""
Whether a row may be saved by all of its unique rules, asked in one question.

Django asks the database once for each rule, which takes longer than all the rest of the validation. Only when
something is taken are its own checks asked, for the sentences.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model, UniqueConstraint

from jobyard_server.inventory.base.constraints import UniqueWithout

Rule = tuple[tuple[str, ...], str]  #: Names of fields, and of the one that must be empty.


def is_anything_taken(row: Any, excluded: set[str]) -> bool:
    """
    Whether another row has what *row* must have for itself.

    Args:
        row: Each of its fields is right by itself.
        excluded: Names of fields whose rules do not count.
    """
    questions: list[str] = []
    values: list[Any] = []
    for fields, without in _rules(row, excluded):
        found = [row._meta.get_field(name) for name in fields]
        own = [getattr(row, field.attname) for field in found]
        if None in own or (without and getattr(row, row._meta.get_field(without).attname) is not None):
            continue
        questions.append(_question(row, found, without))
        values += [
            field.get_db_prep_value(value, connection) for field, value in zip(found, own, strict=True)
        ]
        values.append(row.pk)
    if not questions:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(questions)} LIMIT 1", values)
        return cursor.fetchone() is not None


@cache
def other_constraints(model: type[Model]) -> tuple[Any, ...]:
    """The constraints that are not asked about here."""
    return tuple(rule for rule in model._meta.constraints if not _is_plain(rule))


def _rules(row: Any, excluded: set[str]) -> Iterator[Rule]:
    for _, fields in row._get_unique_checks(exclude=excluded, include_meta_constraints=True)[0]:  # noqa: SLF001  # there is no other name for it
        yield tuple(fields), ""
    for rule in _partial_rules(row._meta.model):
        if not {*rule.fields, rule.without} & excluded:
            yield tuple(rule.fields), rule.without


@cache
def _partial_rules(model: type[Model]) -> tuple[UniqueWithout, ...]:
    return tuple(rule for rule in model._meta.constraints if isinstance(rule, UniqueWithout))


def _is_plain(rule: Any) -> bool:
    if isinstance(rule, UniqueWithout):
        return True
    return isinstance(rule, UniqueConstraint) and rule.condition is None and bool(rule.fields)


def _question(row: Any, fields: list[Any], without: str) -> str:
    quote = connection.ops.quote_name
    same = " AND ".join(f"{quote(field.column)} = %s" for field in fields)
    empty = f" AND {quote(row._meta.get_field(without).column)} IS NULL" if without else ""
    table = quote(row._meta.db_table)
    return f"SELECT 1 FROM {table} WHERE {same}{empty} AND id <> %s"  # noqa: S608  # names of our own
