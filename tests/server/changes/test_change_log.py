"""Every write to the inventory is logged, whatever way it takes."""

from __future__ import annotations

from django.db import connection, transaction
from tests.server.changes.cast import Log

from jobyard_server.changes.models import ObjectChange
from jobyard_server.inventory.dcim.models import Device, Interface, Region, Site
from jobyard_server.inventory.extras.models import Status, Tag
from jobyard_server.inventory.ipam.models import IPAddress


def test_a_row_that_is_saved_is_logged_with_all_its_values(lab):
    log = Log()

    region = Region(name="North", slug="north", parent=lab.region)
    region.validated_save()

    (change,) = log.rows
    assert (change.action, change.object_type, change.object_repr) == ("create", "dcim.region", "North")
    assert change.changed_object == region
    assert change.before is None
    assert change.object_data == {
        "id": str(region.pk),
        "custom_field_data": {},
        "description": "",
        "name": "North",
        "parent": str(lab.region.pk),
        "slug": "north",
    }


def test_updates_and_deletions_are_logged_in_their_order(lab):
    region = Region.objects.create(name="North", slug="north")
    log = Log()

    region.description = "cold"
    region.save()
    Region.objects.filter(pk=region.pk).update(description="icy", name="Far North")
    region.delete()

    assert log.lines == [
        ("update", "dcim.region", "North", {"description": ("", "cold")}),
        (
            "update",
            "dcim.region",
            "Far North",
            {"description": ("cold", "icy"), "name": ("North", "Far North")},
        ),
        ("delete", "dcim.region", "Far North"),
    ]
    assert log.rows[-1].changed_object is None
    assert log.rows[-1].object_data["description"] == "icy"


def test_a_row_that_is_saved_unchanged_is_not_logged(lab):
    log = Log()

    lab.site.save()

    assert log.rows == []


def test_bulk_writes_are_logged_row_by_row(lab):
    log = Log()

    rows = Region.objects.bulk_create(Region(name=f"r{n}", slug=f"r{n}") for n in range(3))
    for row in rows:
        row.description = "new"
    Region.objects.bulk_update(rows, ["description"])
    Region.objects.filter(slug__in=["r0", "r1"]).delete()

    written = [(row.action, row.object_repr) for row in log.rows]
    assert [action for action, _ in written] == ["create"] * 3 + ["update"] * 3 + ["delete"] * 2
    assert sorted(written) == sorted(  # in which order one statement visits its rows is up to the database
        [
            *(("create", f"r{n}") for n in range(3)),
            *(("update", f"r{n}") for n in range(3)),
            *(("delete", f"r{n}") for n in range(2)),
        ]
    )


def test_raw_sql_is_logged(lab):
    log = Log()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE dcim_site SET facility = 'cellar'")
        cursor.execute("DELETE FROM dcim_devicerole WHERE slug = %s", ["access-switch"])

    assert log.lines == [
        ("update", "dcim.site", "Amsterdam", {"facility": ("", "cellar")}),
        ("delete", "dcim.devicerole", "Access Switch"),
    ]


def test_what_hangs_on_a_deleted_row_is_logged_before_it(lab):
    device = lab.device("sw1")
    lab.interface(device, "eth0")
    device.tags.add("edge")
    log = Log()

    device.delete()

    deleted = [(row.action, row.object_repr) for row in log.rows]
    assert ("update", "sw1") in deleted  # its tags
    assert deleted.index(("delete", "eth0")) < deleted.index(("delete", "sw1"))


def test_tags_are_values_of_the_row_that_has_them(lab):
    edge, core = (Tag.objects.create(name=name, slug=name) for name in ("edge", "core"))
    both = sorted([str(edge.pk), str(core.pk)])
    device = lab.device("sw1")
    log = Log()

    device.tags.add(edge)
    device.tags.add(edge, core)
    device.tags.remove(edge)
    device.tags.set([edge])
    device.tags.clear()

    kinds = {(row.action, row.object_type, row.object_repr) for row in log.rows}
    assert kinds == {("update", "dcim.device", "sw1")}
    assert [row.differing["tags"] for row in log.rows] == [
        ([], [str(edge.pk)]),
        ([str(edge.pk)], both),
        (both, [str(core.pk)]),
        ([str(core.pk)], []),
        ([], [str(edge.pk)]),
        ([str(edge.pk)], []),
    ]


def test_pairs_that_raw_sql_moves_are_logged_for_both_owners(lab):
    tag = Tag.objects.create(name="edge", slug="edge")
    one, two = lab.device("sw1"), lab.device("sw2")
    one.tags.add(tag)
    log = Log()

    with connection.cursor() as cursor:
        cursor.execute("UPDATE dcim_device_tags SET device_id = %s", [two.pk])

    found = {row.object_repr: row.differing["tags"] for row in log.rows}
    assert found == {"sw1": ([str(tag.pk)], []), "sw2": ([], [str(tag.pk)])}


def test_relations_to_kinds_of_rows_are_logged_too(lab):
    status = Status.objects.get(slug="active")
    log = Log()

    status.content_types.clear()

    (change,) = log.rows
    assert (change.object_repr, change.after) == ("Active", {"content_types": []})
    assert len(change.before["content_types"]) > 5


def test_addresses_are_logged_without_what_follows_from_them(lab):
    log = Log()

    IPAddress.objects.create(address="10.0.0.1/24", status="active")

    (change,) = log.rows
    assert change.object_repr == "10.0.0.1/24"
    assert not {"host", "mask_length", "created", "last_updated"} & set(change.after)


def test_a_roll_back_takes_its_changes_out_of_the_log(lab):
    log = Log()

    with transaction.atomic():
        with transaction.atomic():
            Region.objects.create(name="lost", slug="lost")
            transaction.set_rollback(True)
        Region.objects.create(name="kept", slug="kept")

    assert [row.object_repr for row in log.rows] == ["kept"]


def test_a_device_is_logged_with_the_components_that_it_came_with(lab):
    lab.kind.interfacetemplates.create(name="eth0", type="1000base-t")
    log = Log()

    lab.device("sw1")

    assert log.lines == [("create", "dcim.device", "sw1"), ("create", "dcim.interface", "eth0")]
    assert log.rows[1].object_data["device"] == str(Device.objects.get().pk)
    assert Interface.objects.get() == log.rows[1].changed_object


def test_every_model_of_the_inventory_has_its_triggers(db):
    from jobyard_server.changes.tracked import tracked_models, tracked_relations  # needs Django

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, count(*) FROM pg_trigger"
            " WHERE tgname LIKE 'pgtrigger_log_%%' GROUP BY 1"
        )
        found = dict(cursor.fetchall())

    wanted = {model._meta.db_table: 1 for model in tracked_models()}
    wanted |= {relation.through._meta.db_table: 3 for relation in tracked_relations()}
    assert found == wanted
    assert len(wanted) > 100


def test_job_files_read_the_log_by_the_names_they_know(lab):
    Site.objects.filter(pk=lab.site.pk).update(facility="cellar")

    change = ObjectChange.objects.filter(changed_object_type__model="site").order_by("-time").first()

    assert change.changed_object == lab.site
    assert change.prechange_data_clean["facility"] == ""
    assert change.get_snapshots()["differences"] == {
        "removed": {"facility": ""},
        "added": {"facility": "cellar"},
    }
