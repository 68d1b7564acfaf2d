"""Query sets that job files of 1.x ask by networks: ``Prefix.objects.net_contains("10.0.0.0/24")``."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, Q

from jobyard_server.inventory.base import InventoryManager, InventoryRows

M = TypeVar("M", bound=Model)


class NetworkRows(InventoryRows[M]):
    """Of networks; of several values one is enough."""

    def net_equals(self, *networks: Any) -> Any:
        return _any(self, "prefix__net_equals", networks)

    def net_contained(self, *networks: Any) -> Any:
        return _any(self, "prefix__net_contained", networks)

    def net_contained_or_equal(self, *networks: Any) -> Any:
        return _any(self, "prefix__net_contained_or_equal", networks)

    def net_contains(self, *networks: Any) -> Any:
        return _any(self, "prefix__net_contains", networks)

    def net_contains_or_equals(self, *networks: Any) -> Any:
        return _any(self, "prefix__net_contains_or_equals", networks)

    def ip_family(self, family: int) -> Any:
        return self.filter(prefix__family=family)


class AddressRows(InventoryRows[M]):
    """Of addresses."""

    def net_host_contained(self, *networks: Any) -> Any:
        return _any(self, "address__net_host_contained", networks)

    def net_in(self, networks: Any) -> Any:
        return self.filter(address__net_in=networks)

    def ip_family(self, family: int) -> Any:
        return self.filter(address__family=family)


def _any(rows: Any, lookup: str, values: tuple[Any, ...]) -> Any:
    found = Q(pk__in=[])
    for value in values:
        found |= Q(**{lookup: value})
    return rows.filter(found)


NetworkManager: Any = InventoryManager.from_queryset(NetworkRows)
AddressManager: Any = InventoryManager.from_queryset(AddressRows)
