"""Query sets of the inventory: what job files call on ``objects`` beyond Django's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import models

from jobyard_server.inventory.base.aliases import real_path

M = TypeVar("M", bound=models.Model)

if TYPE_CHECKING:
    from jobyard_server.access.models import User


class InventoryRows(models.QuerySet[M, M]):
    """Knows the second names of fields where Django does not look them up by itself."""

    def select_related(self, *fields: Any) -> Any:
        names = [real_path(self.model, name) if isinstance(name, str) else name for name in fields]
        return super().select_related(*names)

    def restrict(self, user: User | None, action: str = "view") -> InventoryRows[M]:
        """The part of these rows with which *user* may do *action*."""
        from jobyard_server.access.permissions import restrict  # noqa: PLC0415  # it loads the accounts

        return restrict(self, user, action)  # type: ignore[return-value]  # a query set of the same kind


class InventoryManager(models.Manager[M]):
    """``objects`` of every model of the inventory."""

    _queryset_class: ClassVar[Any] = InventoryRows

    def restrict(self, user: User | None, action: str = "view") -> InventoryRows[M]:
        """The rows with which *user* may do *action*."""
        found: InventoryRows[M] = self.get_queryset().restrict(user, action)  # type: ignore[attr-defined]  # they are InventoryRows
        return found
