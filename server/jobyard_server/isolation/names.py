"""Where the models and choices live that job files import by the names of their ecosystem."""

from __future__ import annotations

from jobyard import compat

APPS = ("circuits", "dcim", "extras", "ipam", "tenancy", "virtualization")
INVENTORY = "jobyard_server.inventory"
MODELS = {
    **{f"{app}.models": f"{INVENTORY}.{app}.models" for app in APPS},
    **{f"{app}.choices": f"{INVENTORY}.{app}.choices" for app in APPS},
    **{f"{app}.filters": f"{INVENTORY}.{app}.filters" for app in APPS},
    **{f"{app}.filtersets": f"{INVENTORY}.{app}.filters" for app in APPS},
    "dcim.constants": f"{INVENTORY}.dcim.constants",
    "ipam.constants": f"{INVENTORY}.ipam.constants",
    "utilities.choices": f"{INVENTORY}.colors",
    "netbox.choices": f"{INVENTORY}.colors",
    "utilities.forms.constants": f"{INVENTORY}.name_patterns",
    "utilities.forms.utils": f"{INVENTORY}.name_patterns",
}


def provide_models() -> None:
    compat.provide(MODELS)
