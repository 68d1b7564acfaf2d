"""Rows of the inventory."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from jobyard.spec import Json
from jobyard.variables.base import RunValues, ScriptVariable


class ObjectVar(ScriptVariable):
    """One object; ``model`` is a model class, or its label (``dcim.site``)."""

    kind = "ObjectVar"

    def __init__(
        self,
        model: Any = None,
        queryset: Any = None,
        display_field: str = "display",
        query_params: dict[str, Any] | None = None,
        null_option: str | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        for unused in ("context", "selector", "quick_add"):  # options of NetBox's form
            kwargs.pop(unused, None)
        super().__init__(*args, **kwargs)
        if model is None and queryset is None:
            raise TypeError("ObjectVar must specify a model")
        self.has_only_queryset = model is None
        self.model = queryset.model if model is None else model
        self.queryset = queryset
        self.display_field = display_field
        self.query_params = query_params
        self.null_option = null_option

    @property
    def model_label(self) -> str:
        """``dcim.site``: application and model, lower case."""
        meta = getattr(self.model, "_meta", None)
        return str(self.model if meta is None else meta.label_lower).lower()

    def own_options(self) -> dict[str, Any]:
        return {
            "model": self.model_label,
            "display_field": str(self.display_field),
            "query_params": self.query_params,
            "null_option": None if self.null_option is None else str(self.null_option),
        }

    def to_queued(self, value: Any) -> Json:
        return _key(value)

    def to_python(self, value: Json, name: str, run: RunValues) -> Any:
        del name
        return None if value is None else run.objects.get(self, value)


class MultiObjectVar(ObjectVar):
    """Several objects, given to the job as a lazy query set."""

    kind = "MultiObjectVar"

    def to_queued(self, value: Any) -> Json:
        return value if value is None or isinstance(value, str | dict) else [_key(item) for item in value]

    def to_python(self, value: Json, name: str, run: RunValues) -> Any:
        del name
        return run.objects.filter(self, value or [])


def _key(value: Any) -> Json:
    """The key of an instance as text; keys and filters stay."""
    key = getattr(value, "pk", value)
    return str(key) if hasattr(value, "pk") or isinstance(key, UUID) else key
