"""Whatever is done in whatever order: the log, played back from nothing, gives what is in the tables."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobyard_server.changes.models import ObjectChange
from jobyard_server.changes.tracked import left_out_columns
from jobyard_server.inventory.dcim.models import Region, Site
from jobyard_server.inventory.extras.models import Tag

NUMBERS = st.integers(0, 4)


def create(one: int, _two: int) -> None:
    Site.objects.get_or_create(slug=f"s{one}", defaults={"name": f"s{one}", "status": "active"})


def bulk(one: int, two: int) -> None:
    rows = [Region(name=f"r{n}", slug=f"r{n}") for n in (one, two)]
    Region.objects.bulk_create(rows, ignore_conflicts=True)


def save(one: int, two: int) -> None:
    for site in sites(one):
        site.facility = str(two)
        site.save()


def update(one: int, two: int) -> None:
    sites(one).update(region=Region.objects.filter(slug=f"r{two}").first())


def sql(_one: int, _two: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE dcim_site SET facility = facility || 'x' WHERE length(facility) < 5")


def delete(one: int, two: int) -> None:
    sites(one).delete()
    Tag.objects.filter(slug=f"t{two}").delete()


def tag(one: int, two: int) -> None:
    for site in sites(one):
        site.tags.add(f"t{two}")


def untag(one: int, two: int) -> None:
    for site in sites(one):
        site.tags.remove(f"t{two}")


def clear(one: int, _two: int) -> None:
    for site in sites(one):
        site.tags.clear()


def lost(one: int, _two: int) -> None:
    with transaction.atomic():
        sites(one).update(description="lost")
        transaction.set_rollback(True)


def sites(one: int) -> Any:
    return Site.objects.filter(slug=f"s{one}")


def replayed(start: int) -> dict[Any, dict[str, Any]]:
    rows: dict[Any, dict[str, Any]] = {}
    for change in ObjectChange.objects.filter(id__gt=start).order_by("id"):
        key = (change.object_type, str(change.changed_object_id))
        if change.action == "delete":
            assert {name: rows[key][name] for name in change.before} == change.before
            del rows[key]
        else:
            before = rows.setdefault(key, {})
            assert (
                change.before is None
                or {name: before.get(name, []) for name in change.before} == change.before
            )
            before |= change.after
    return rows


def stored() -> dict[Any, dict[str, Any]]:
    found = {}
    for model in (Site, Region, Tag):
        left_out = left_out_columns(model)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT to_jsonb(t) - %s::text[] FROM {model._meta.db_table} t", [left_out])
            rows = [row for (row,) in cursor.fetchall()]
        found |= {(model._meta.label_lower, row["id"]): row for row in map(as_dict, rows)}
    for site in Site.objects.prefetch_related("tags"):
        found["dcim.site", str(site.pk)]["tags"] = sorted(str(tag.pk) for tag in site.tags.all())
    return found


def as_dict(row: Any) -> dict[str, Any]:

    return json.loads(row) if isinstance(row, str) else row


STEPS = st.tuples(
    st.sampled_from([create, create, bulk, save, update, sql, delete, tag, tag, untag, clear, lost]),
    NUMBERS,
    NUMBERS,
)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=15))
def test_the_log_tells_how_everything_came_about(steps):
    from jobyard_server.inventory.extras.standard_statuses import fill_in  # needs models

    fill_in()
    with transaction.atomic():
        start = ObjectChange.objects.order_by("-id").values_list("id", flat=True).first() or 0
        for step, one, two in steps:
            step(one, two)

        found = replayed(start)
        for row in found.values():
            row.setdefault("tags", []) if "facility" in row else None
        assert found == stored()
        transaction.set_rollback(True)
