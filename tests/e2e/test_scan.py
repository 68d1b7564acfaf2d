"""`jobyard scan`: choices that a file computes while it is imported become those of now."""

from __future__ import annotations

from tests.e2e.installation import until

REGIONS = """
from nautobot.dcim.models import Region
from nautobot.extras.jobs import ChoiceVar, Job


class Chooses(Job):
    region = ChoiceVar(choices=[(row.slug, row.name) for row in Region.objects.all()], required=False)
"""


def test_choices_are_computed_again_although_no_file_changed(installation):
    path = "local/scanned/Chooses"
    file = installation.save("scanned", REGIONS)
    until(installation.job_ids, lambda ids: path in ids)
    job = installation.get(f"/api/extras/jobs/{path}/")["pk"]
    made = installation.request("POST", "/api/dcim/regions/", {"name": "Scanned", "slug": "scanned"})
    assert made.status == 201

    installation.command("scan", check=False)

    (variable,) = installation.get(f"/api/extras/jobs/{job}/variables/")
    assert ["scanned", "Scanned"] in variable["choices"]
    installation.request("DELETE", f"/api/dcim/regions/{made.body['id']}/")
    file.unlink()
