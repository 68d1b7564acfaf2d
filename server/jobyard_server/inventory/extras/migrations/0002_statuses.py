"""The statuses that job files look up by slug, and that a new installation starts with."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

STATUSES = (
    ("Active", "4caf50"),
    ("Available", "4caf50"),
    ("Connected", "4caf50"),
    ("Container", "9e9e9e"),
    ("Decommissioned", "9e9e9e"),
    ("Decommissioning", "ffc107"),
    ("Deprecated", "f44336"),
    ("Deprovisioning", "ffc107"),
    ("DHCP", "4caf50"),
    ("Failed", "f44336"),
    ("Inventory", "9e9e9e"),
    ("Maintenance", "9e9e9e"),
    ("Offline", "ffc107"),
    ("Planned", "00bcd4"),
    ("Provisioning", "2196f3"),
    ("Reserved", "00bcd4"),
    ("Retired", "f44336"),
    ("SLAAC", "4caf50"),
    ("Staged", "2196f3"),
    ("Staging", "2196f3"),
)


def add(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    status = apps.get_model("extras", "Status")
    for name, color in STATUSES:
        status.objects.get_or_create(slug=name.lower(), defaults={"name": name, "color": color})


class Migration(migrations.Migration):
    dependencies = [("extras", "0001_initial")]
    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
