"""A hundred thousand devices in some seconds: written by the database itself, not one by one."""

from __future__ import annotations

from tests.e2e.installation import Installation

DEVICES = 100_000
#: On top of the sample network: each new device is like one of its devices, in the same place.
FILL = """
INSERT INTO dcim_device (id, created, last_updated, custom_field_data, name, serial, asset_tag, face,
    airflow, description, comments, device_type_id, device_role_id, site_id, rack_id, status_id,
    tenant_id, platform_id)
SELECT gen_random_uuid(), now(), now(), '{{}}', 'host' || n, 'B' || lpad(n::text, 8, '0'), NULL, '',
    '', '', '',
    model.device_type_id, model.device_role_id, model.site_id, model.rack_id, model.status_id,
    model.tenant_id, model.platform_id
FROM generate_series(1, {number}) n
JOIN (SELECT *, row_number() OVER (ORDER BY name) - 1 AS place FROM dcim_device) model
    ON model.place = n % (SELECT count(*) FROM dcim_device)
"""
ANALYSE = "ANALYZE dcim_device"
RUN = """
from django.db import connection
with connection.cursor() as cursor:
    for statement in {statements!r}:
        cursor.execute(statement)
"""


def fill(installation: Installation, number: int = DEVICES) -> None:
    """The sample network, and *number* devices more."""
    installation.command("manage", "make_sample_network")
    statements = (FILL.format(number=number), ANALYSE)
    installation.command("manage", "shell", "-v", "0", "-c", RUN.format(statements=statements))
