"""
One trigger for each table of rows and three for each table of pairs, all of which call two functions.

Measured: a trigger for each row costs a single write a third of what one for each statement costs with its
transition tables, and a write of 10,000 rows about the same. Pairs are logged by statement: only then is it
known which values a row had before.

Source: docs/adr/0008
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

import pgtrigger
from django.db import models
from pgtrigger import compiler

from jobyard_server.changes.tracked import TrackedRelation, left_out_columns, naming_columns


class _SharedFunctionSql(compiler.UpsertTriggerSql):
    """A trigger that calls a function that is there already, instead of one of its own."""

    def get_template(self) -> str:
        return (
            "CREATE OR REPLACE TRIGGER {pgid} {when} {operation} ON {table} {referencing}"
            " FOR EACH {level} EXECUTE FUNCTION {execute};"
        )


class _SharedTrigger(pgtrigger.Trigger, ABC):
    when = pgtrigger.After
    function: str

    @abstractmethod
    def arguments(self, model: type[models.Model]) -> list[str]:
        """What the function gets."""

    def render_execute(self, model: Any) -> str:
        quoted = ", ".join("'{}'".format(text.replace("'", "''")) for text in self.arguments(model))
        return f"{self.function}({quoted})"

    def compile(self, model: Any) -> compiler.Trigger:
        sql = _SharedFunctionSql(
            pgid=self.get_pgid(model),
            func="",
            table=model._meta.db_table,
            when=self.when,
            operation=self.operation,
            referencing=self.referencing or "",
            level=self.level,
            execute=self.render_execute(model),
        )
        return compiler.Trigger(name=self.name, sql=sql)


class LogRows(_SharedTrigger):
    """Logs what happens to the rows of a model."""

    name = "log_rows"
    level = pgtrigger.Row
    operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete
    function = "jobyard_log_row"

    def arguments(self, model: type[models.Model]) -> list[str]:
        meta = model._meta
        left_out = "{" + ",".join(left_out_columns(model)) + "}"
        return [meta.app_label, str(meta.model_name), left_out, *naming_columns(model)]


class LogPairs(_SharedTrigger):
    """Logs what happens to the pairs of a relation, as changes of the row that has the field."""

    level = pgtrigger.Statement
    function = "jobyard_log_pairs"

    def __init__(self, relation: TrackedRelation, operation: pgtrigger.Operation) -> None:
        self._relation = relation
        old = None if operation is pgtrigger.Insert else "old_rows"
        new = None if operation is pgtrigger.Delete else "new_rows"
        super().__init__(
            name=f"log_{str(operation).lower()}",
            operation=operation,
            referencing=pgtrigger.Referencing(old=old, new=new),  # type: ignore[no-untyped-call]  # it has none
        )

    def arguments(self, model: type[models.Model]) -> list[str]:  # noqa: ARG002  # the owner's model counts
        relation, meta = self._relation, self._relation.owner._meta
        return [
            meta.app_label,
            str(meta.model_name),
            meta.db_table,
            relation.owner_column,
            relation.target_column,
            relation.field,
            *naming_columns(relation.owner),
        ]


def log_pairs(relation: TrackedRelation) -> list[LogPairs]:
    operations = (pgtrigger.Insert, pgtrigger.Update, pgtrigger.Delete)
    return [LogPairs(relation, operation) for operation in operations]
