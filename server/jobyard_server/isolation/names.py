"""Where the models live that job files import by the names of their ecosystem."""

from __future__ import annotations

from jobyard import compat

MODELS = {
    "dcim.models": "jobyard_server.inventory.dcim.models",
    "extras.models": "jobyard_server.inventory.extras.models",
}


def provide_models() -> None:
    compat.provide(MODELS)
