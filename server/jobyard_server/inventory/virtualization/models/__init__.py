"""The models with the app label ``virtualization``."""

from __future__ import annotations

from jobyard_server.inventory.virtualization.models.clusters import Cluster, ClusterGroup, ClusterType
from jobyard_server.inventory.virtualization.models.machines import VirtualMachine, VMInterface

__all__ = ["Cluster", "ClusterGroup", "ClusterType", "VMInterface", "VirtualMachine"]
