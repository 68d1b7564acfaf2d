"""Files that ask the database while they are imported, and choices that are computed then."""

from __future__ import annotations

import pytest
from tests.contract.case import Case

from jobyard_server.inventory.dcim.models import Region

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("job", "slug", "output"),
    [("asks_at_import/Uses", "south", "\nactive south"), ("computed_choices/Chooses", "west", "\nwest")],
)
def test_choices_are_those_of_the_latest_inspection(world, doors, job, slug, output):
    Region.objects.create(name=slug, slug=slug)
    sent = {"data": {"region": slug}}
    place = f"/api/extras/jobs/local/{job}/run/"
    before = world.alice.post(place, sent, format="json")

    world.service.publish()
    outcome = doors["rest"](Case(job, {"region": slug}))

    assert before.status_code == 400
    assert list(before.json()["errors"]) == ["region"]
    assert (outcome.status, outcome.output) == ("completed", output)
