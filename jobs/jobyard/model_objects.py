"""Objects of a run, through the models that job code hands us; works with Django without importing it."""

from __future__ import annotations

from typing import Any

from jobyard.cleaning.objects import NO_SUCH_CHOICE
from jobyard.errors import InvalidInput


class TrustingResolver:
    """Takes keys as they are: in a run, loading the objects is the check."""

    def resolve(self, model: str, value: Any) -> str:
        del model
        return str(value)

    def resolve_many(self, model: str, values: list[Any]) -> list[str]:
        del model
        return [str(value) for value in values]


class ModelObjects:
    """Loads objects with the managers of the variables' models."""

    def get(self, variable: Any, key: str) -> Any:
        try:
            found = _rows_of(variable).filter(pk=key).first()
        except Exception as exc:  # malformed keys raise what their field likes to
            if _is_about_the_key(exc):
                raise InvalidInput(NO_SUCH_CHOICE) from None
            raise
        if found is None:
            raise InvalidInput(NO_SUCH_CHOICE)
        return found

    def filter(self, variable: Any, keys: list[str]) -> Any:
        rows = _rows_of(variable)
        if not keys:
            return rows.none()
        try:
            found = rows.filter(pk__in=keys)
            known = {str(key) for key in found.values_list("pk", flat=True)}
        except Exception as exc:  # malformed keys raise what their field likes to
            if _is_about_the_key(exc):
                raise InvalidInput(NO_SUCH_CHOICE) from None
            raise
        for key in keys:
            if str(key) not in known:
                raise InvalidInput(f"Select a valid choice. {key} is not one of the available choices.")
        return found


def _rows_of(variable: Any) -> Any:
    if variable.queryset is not None:
        return variable.queryset.all()
    return model_class(variable.model)._default_manager.all()  # Django's documented name


def model_class(model: Any) -> Any:
    """The class that a variable's ``model`` means; a label is looked up among the host's models."""
    from jobyard import compat  # noqa: PLC0415  # compat's modules import the variables

    return compat.find_model(model) if isinstance(model, str) else model


def _is_about_the_key(exc: Exception) -> bool:
    return isinstance(exc, ValueError | TypeError) or type(exc).__name__ == "ValidationError"
