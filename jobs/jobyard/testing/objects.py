"""Finds the objects that a test's inputs speak of, with the models of the job's own variables."""

from __future__ import annotations

from typing import Any

from jobyard.cleaning.objects import NO_MATCH, NO_SUCH_CHOICE
from jobyard.declarations import variables_of
from jobyard.errors import InvalidInput
from jobyard.model_objects import model_class
from jobyard.variables import ObjectVar


class VariableObjects:
    """Looks objects up by key, or by field filters; a server allows fewer filters than this."""

    def __init__(self, job_class: type) -> None:
        variables = [item for item in variables_of(job_class).values() if isinstance(item, ObjectVar)]
        self._models = {variable.model_label: variable.model for variable in variables}

    def resolve(self, model: str, value: Any) -> str:
        if isinstance(value, dict):
            return self._key_by_filter(model, value)
        return str(value)  # the run loads it, and says if it is gone

    def resolve_many(self, model: str, values: list[Any]) -> list[str]:
        return [self.resolve(model, value) for value in values]

    def _key_by_filter(self, model: str, filters: dict[str, Any]) -> str:
        rows = model_class(self._models[model])._default_manager
        try:
            found = list(rows.filter(**filters)[:2])
        except Exception as exc:  # unknown fields and odd values raise what they like
            raise InvalidInput(NO_SUCH_CHOICE) from exc
        if not found:
            raise InvalidInput(NO_MATCH)
        if len(found) > 1:
            raise InvalidInput("Multiple objects match the provided attributes.")
        return str(found[0].pk)
