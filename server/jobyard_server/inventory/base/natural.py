"""The order in which people count: eth2 before eth10."""

from __future__ import annotations

from typing import Any

from django.db.models import CharField, Func, GeneratedField


class Natural(Func):
    """
    The text with each number padded to ten digits, to sort by; in ``Meta.ordering``, indexes and queries.

    It is made of functions that PostgreSQL knows to be immutable, so an index can hold it. A collation with
    numeric ordering would be shorter, but needs ICU, which the embedded PostgreSQL is built without.
    """

    template = (
        r"regexp_replace(regexp_replace(%(expressions)s, '([0-9]+)', '0000000000\1', 'g'),"
        r" '0*([0-9]{10})', '\1', 'g')"
    )
    output_field = CharField()


class NaturalField(GeneratedField):
    """
    The column *of* in its natural form, kept by the database: for tables that grow large.

    Padding takes some microseconds for each row that is sorted or skipped; with a hundred thousand rows
    that is most of the time of a list.
    """

    def __init__(self, *, of: str = "name", **kwargs: Any) -> None:
        self.of = of
        for name in ("expression", "output_field", "db_persist"):
            kwargs.pop(name, None)
        super().__init__(expression=Natural(of), output_field=CharField(), db_persist=True, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kept = {key: kwargs[key] for key in kwargs if key not in ("expression", "output_field", "db_persist")}
        return name, path, args, {**kept, "of": self.of}
