"""Jobs that work on the inventory: what stays, what is reverted (S2, S73-S75, X9)."""

from __future__ import annotations

import pytest

from jobyard_server.inventory.dcim.models import Region

pytestmark = pytest.mark.django_db


def slugs():
    return list(Region.objects.order_by("slug").values_list("slug", flat=True))


@pytest.mark.parametrize(
    ("name", "commit", "status", "left"),
    [
        ("Creates", True, "completed", ["cleaned-up", "north"]),
        ("Creates", False, "completed", []),
        ("Raises", True, "errored", ["cleaned-up"]),
        ("Raises", False, "errored", []),
        ("Aborts", True, "completed", ["cleaned-up"]),
        ("Aborts", False, "completed", []),
        ("NestedAtomic", True, "completed", ["after", "before"]),
        ("Bulk", True, "completed", ["r0", "r1", "r2"]),
        ("Bulk", False, "completed", []),
        ("SavesInvalid", True, "completed", ["Not a slug!"]),
        ("Validates", True, "errored", []),
    ],
)
def test_what_is_left_after_a_run(ran, name, commit, status, left):
    run = ran("fx_db", name, commit=commit)

    assert (run.status, slugs()) == (status, left)


def test_a_dry_run_sees_its_own_changes(ran):
    run = ran("fx_db", "Creates", commit=False)

    assert run.output == "\nnorth"
    assert "regions: north" in run.messages()


def test_s73_validation_is_told_in_the_log(ran):
    run = ran("fx_db", "Validates", commit=True)

    assert run.messages("failure")[0].startswith("An exception occurred: `ValidationError: ")


def test_an_object_is_logged_with_its_name_and_address(ran):
    row = ran("fx_db", "Creates", commit=True).rows[0]

    assert (row.object_text, row.message) == ("North", "created")
    assert row.object_url.startswith("/dcim/regions/")
