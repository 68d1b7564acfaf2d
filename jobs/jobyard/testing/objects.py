"""Finds the objects that a test's inputs speak of."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from jobyard.cleaning.context import ObjectResolver
from jobyard.cleaning.objects import NO_MATCH, NO_SUCH_CHOICE
from jobyard.declarations import variables_of
from jobyard.errors import InvalidInput
from jobyard.model_objects import model_class
from jobyard.variables import ObjectVar

_host: list[Callable[[], ObjectResolver]] = []  # at most one


def provide_resolver(make: Callable[[], ObjectResolver]) -> None:
    """Say who finds objects of Django's models, so that a test's inputs are checked as on a server."""
    _host[:] = [make]


class VariableObjects:
    """Asks the host for its models; of others, which only a test has, the managers of the variables."""

    def __init__(self, job_class: type) -> None:
        variables = [item for item in variables_of(job_class).values() if isinstance(item, ObjectVar)]
        self._models = {variable.model_label: variable.model for variable in variables}

    def resolve(self, model: str, value: Any) -> str:
        host = self._host_of(model)
        if host is not None:
            return host.resolve(model, value)
        if isinstance(value, dict):
            return self._key_by_filter(model, value)
        return str(value)  # the run loads it, and says if it is gone

    def resolve_many(self, model: str, values: list[Any]) -> list[str]:
        host = self._host_of(model)
        if host is not None:
            return host.resolve_many(model, values)
        return [self.resolve(model, value) for value in values]

    def _host_of(self, model: str) -> ObjectResolver | None:
        if not _host or not _is_of_django(model_class(self._models[model])):
            return None
        return _host[0]()

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


def _is_of_django(model: Any) -> bool:
    """Tell so without importing Django: where it is not loaded, there is none of its models."""
    models: Any = sys.modules.get("django.db.models")
    return models is not None and isinstance(model, type) and issubclass(model, models.Model)
