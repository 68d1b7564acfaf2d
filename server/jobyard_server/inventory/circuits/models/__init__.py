"""The models with the app label ``circuits``."""

from __future__ import annotations

from jobyard_server.inventory.circuits.models.circuits import Circuit, CircuitTermination, CircuitType
from jobyard_server.inventory.circuits.models.providers import Provider, ProviderNetwork

__all__ = ["Circuit", "CircuitTermination", "CircuitType", "Provider", "ProviderNetwork"]
