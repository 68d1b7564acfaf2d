"""
A migration operation that creates many models at once, of several apps, however they refer to each other.

Django's own way through a circle of references is to create tables first and to add the columns later, one
operation each, and after each it builds the classes of all related models anew: most of a minute for this
inventory. Here the classes are built once.
"""

from __future__ import annotations

from typing import Any

from django.db.migrations import CreateModel
from django.db.migrations.operations.base import Operation


class CreateTogether(Operation):
    """Create *models*: pairs of an app label and the operation that describes the model."""

    serialization_expand_args = ["models"]

    def __init__(self, models: list[tuple[str, CreateModel]]) -> None:
        self.models = models

    def state_forwards(self, app_label: str, state: Any) -> None:  # noqa: ARG002  # Django's signature
        state.__dict__.pop("apps", None)  # or each model that is added builds all classes anew
        for label, operation in self.models:
            operation.state_forwards(label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002  # see above
        for label, operation in self.models:
            schema_editor.create_model(to_state.apps.get_model(label, operation.name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002  # see above
        for label, operation in reversed(self.models):
            schema_editor.delete_model(from_state.apps.get_model(label, operation.name))

    def describe(self) -> str:
        return f"Create {len(self.models)} models"
