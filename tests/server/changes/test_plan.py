"""The plan of a run: what it did, or would have done, through a real child and by REST."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.server.api.cast import Caller, caller
from tests.server.changes.cast import line
from tests.server.inventory.cast import Lab

from jobyard_server.changes.plan import Plan
from jobyard_server.inventory.dcim.models import Device, InterfaceTemplate, Region
from jobyard_server.inventory.extras.models import Tag

SEED = Path(__file__).parents[1] / "inventory" / "seed"
NEW_BRANCH = (SEED / "new_branch.py.txt").read_text()
REPORT = (SEED / "device_connections.py.txt").read_text()
WRITES = """
    from django.db import connection
    from jobyard import Job
    from nautobot.dcim.models import Region


    class Base(Job):
        class Meta:
            has_sensitive_variables = False

        def run(self, data, commit):
            Region.objects.bulk_create(Region(name=f"r{n}", slug=f"r{n}") for n in range(3))
            with connection.cursor() as cursor:
                cursor.execute("UPDATE dcim_region SET description = 'new' WHERE slug = 'r1'")
            Region.objects.filter(slug="r2").delete()


    class Fine(Base):
        pass


    class Raises(Base):
        def run(self, data, commit):
            super().run(data, commit)
            raise KeyError("north")

        def post_run(self):
            Region(name="kept", slug="kept").validated_save()


    class PostRaises(Base):
        def post_run(self):
            Region(name="lost", slug="lost").validated_save()
            raise KeyError("late")


    class Dies(Base):
        def run(self, data, commit):
            Region(name="twice", slug="twice").save()
            Region(name="twice", slug="twice").save()
"""
LINES = [
    ("create", "dcim.region", "r0"),
    ("create", "dcim.region", "r1"),
    ("create", "dcim.region", "r2"),
    ("update", "dcim.region", "r1", {"description": ("", "new")}),
    ("delete", "dcim.region", "r2"),
]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def net(service):
    return Lab()


def lines(result):
    return [line(row) for row in Plan(result)[0:100]]


def by_rest(service, result):
    answer = Caller(service.user).get(f"/api/extras/job-results/{result.pk}/plan/")
    assert answer.status_code == 200, answer.content
    return answer.json()


def branch(service, net, *, commit):
    InterfaceTemplate.objects.create(device_type=net.kind, name="eth1", type="1000base-t")
    service.publish(branch=NEW_BRANCH)
    data = {"site_name": "Ghent 1", "switch_count": 2, "switch_model": str(net.kind.pk)}
    result = service.run("branch", "NewBranch", data, commit=commit)
    assert result.status == "completed", service.rows(result)
    return result


@pytest.mark.parametrize("commit", [False, True])
def test_new_branch_row_by_row(service, net, commit):
    result = branch(service, net, commit=commit)

    plan = by_rest(service, result)

    rows = plan["results"]
    assert plan["count"] == len(rows) == 5
    assert [(row["action"], row["object_type"], row["object_repr"]) for row in rows] == [
        ("create", "dcim.site", "Ghent 1"),
        ("create", "dcim.device", "ghent-1-switch1"),
        ("create", "dcim.interface", "eth1"),
        ("create", "dcim.device", "ghent-1-switch2"),
        ("create", "dcim.interface", "eth1"),
    ]
    assert [row["before"] for row in rows] == [None] * 5
    assert {row["kept"] for row in rows} == {commit}
    site, first, port, *_ = rows
    assert site["after"]["slug"] == "ghent-1"
    assert first["after"]["site"] == site["object_id"]
    assert first["after"]["device_type"] == str(net.kind.pk)
    assert port["after"]["device"] == first["object_id"]
    assert Device.objects.filter(pk=first["object_id"]).exists() == commit
    assert Plan(result).counts() == {"create": 5, "update": 0, "delete": 0}


@pytest.mark.parametrize("commit", [False, True])
def test_the_report_has_an_empty_plan(service, net, commit):
    service.publish(report=REPORT)

    result = service.run("report", "DeviceConnectionsReport", commit=commit)

    assert by_rest(service, result)["results"] == []


@pytest.mark.parametrize("commit", [False, True])
def test_bulk_raw_sql_and_deletions_are_in_it(service, commit):
    service.publish(writes=WRITES)

    result = service.run("writes", "Fine", commit=commit)

    assert lines(result) == LINES
    assert Region.objects.count() == (2 if commit else 0)


def test_a_run_that_fails_shows_what_it_did_until_then(service):
    service.publish(writes=WRITES)

    result = service.run("writes", "Raises", commit=True)

    assert result.status == "errored"
    assert lines(result) == [*LINES, ("create", "dcim.region", "kept")]
    assert [row.kept for row in Plan(result)[0:100]] == [*[False] * 5, True]
    assert list(Region.objects.values_list("name", flat=True)) == ["kept"]


def test_a_post_run_that_fails_shows_what_was_kept_and_what_was_not(service):
    service.publish(writes=WRITES)

    result = service.run("writes", "PostRaises", commit=True)

    assert result.status_reason == "post_run_exception"
    assert lines(result) == [*LINES, ("create", "dcim.region", "lost")]
    assert [row.kept for row in Plan(result)[0:100]] == [*[True] * 5, False]


ENDED = """
    from django.db import connection, transaction
    from jobyard import Job
    from nautobot.dcim.models import Region


    class Base(Job):
        def region(self, name):
            Region(name=name, slug=name).validated_save()

        def run(self, data, commit):
            self.region("r0")
            self.work()

        def broken(self):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")


    class Read(Base):
        def work(self):
            self.broken()


    class Swallowed(Base):
        def work(self):
            try:
                self.broken()
            except Exception:
                self.log_warning(message="went on")


    class Write(Base):
        def work(self):
            Region(name="r0", slug="r0").save()


    class OwnSavepoints(Base):
        def work(self):
            with transaction.atomic():
                self.region("r1")
            first = transaction.savepoint()
            self.region("gone")
            transaction.savepoint_rollback(first)
            self.region("r2")
            transaction.savepoint_commit(first)
            self.region("r3")
            self.broken()


    class Many(Base):
        def work(self):
            for number, row in enumerate(Region.objects.iterator(chunk_size=1), 1):
                Region.objects.bulk_create([Region(name=f"b{number}", slug=f"b{number}")])
            with connection.cursor() as cursor:
                cursor.executemany("UPDATE dcim_region SET description = %s WHERE slug = %s", [("%s", "b1")])
                cursor.execute("SELECT name FROM dcim_region WHERE slug = 'b1'")
                assert cursor.fetchone() == ("b1",)
                cursor.execute("DELETE FROM dcim_region WHERE slug = 'r0' RETURNING slug")
                assert cursor.fetchall() == [("r0",)]
            self.broken()
"""


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Read", "+r0"),
        ("Swallowed", "+r0"),
        ("Write", "+r0"),
        ("OwnSavepoints", "+r0 +r1 +r2 +r3"),
        ("Many", "+r0 +b1 ~b1 -r0"),
    ],
)
def test_a_transaction_that_the_database_has_ended_still_tells_its_plan(service, name, expected):
    service.publish(ended=ENDED)

    result = service.run("ended", name, commit=False)

    signs = {"create": "+", "update": "~", "delete": "-"}
    told = [signs[row.action] + row.object_repr for row in Plan(result)[0:100]]
    assert (result.status, " ".join(told)) == ("completed" if name == "Swallowed" else "errored", expected)
    assert not Region.objects.exists()


def test_the_plan_of_a_commit_that_the_database_refused(service):
    service.publish(writes=WRITES)

    result = service.run("writes", "Dies", commit=True)

    assert result.status == "errored"
    assert lines(result) == [("create", "dcim.region", "twice")]
    assert not Region.objects.exists()


TOGETHER = """
    from django.db import connection
    from jobyard import Job, IntegerVar
    from nautobot.dcim.models import Region


    class Half(Job):
        me = IntegerVar()

        def run(self, data, commit):
            self.write("first", data["me"])
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_lock(%s)", [data["me"]])
                held = 0
                while held < 2:  # until the other one has written too
                    cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid < 3")
                    held = cursor.fetchone()[0]
            self.write("second", data["me"])

        def write(self, part, me):
            for number in range(20):
                Region(name=f"{me}-{part}-{number}", slug=f"{me}-{part}-{number}").validated_save()
"""


@pytest.mark.parametrize("commit", [False, True])
def test_the_plans_of_two_runs_that_write_at_once_stay_apart(service, commit):
    service.publish(together=TOGETHER)

    runs = [service.submit("together", "Half", {"me": me}, commit=commit) for me in (1, 2)]
    ended = [service.finish(run) for run in runs]

    for me, run in enumerate(ended, 1):
        assert run.status == "completed", service.rows(run)
        names = [f"{me}-{part}-{number}" for part in ("first", "second") for number in range(20)]
        assert lines(run) == [("create", "dcim.region", name) for name in names]
    assert Region.objects.count() == (80 if commit else 0)


def test_tags_are_readable(service, net):
    net.device("sw1")
    service.publish(
        tags="""
        from jobyard import Job
        from nautobot.dcim.models import Device

        class Tags(Job):
            def run(self, data, commit):
                Device.objects.get(name="sw1").tags.set(["edge"])
        """
    )

    result = service.run("tags", "Tags", commit=False)

    created, tagged = Plan(result)[0:100]
    assert line(created) == ("create", "extras.tag", "edge")
    assert line(tagged) == ("update", "dcim.device", "sw1", {"tags": ([], [str(created.changed_object_id)])})
    assert not Tag.objects.exists()


def test_pages_of_the_api(service):
    service.publish(writes=WRITES)
    result = service.run("writes", "Fine", commit=False)

    answer = Caller(service.user).get(f"/api/extras/job-results/{result.pk}/plan/?limit=2&offset=2").json()

    assert answer["count"] == 5
    assert [row["object_repr"] for row in answer["results"]] == ["r2", "r1"]
    assert "offset=4" in answer["next"]


def test_a_plan_is_for_those_who_may_see_the_result(service):
    service.publish(writes=WRITES)
    result = service.run("writes", "Fine", commit=False)
    address = f"/api/extras/job-results/{result.pk}/plan/"

    assert caller("bob", "view_jobresult").get(address).status_code == 200
    assert caller("charlie").get(address).status_code == 403


def test_more_changes_than_are_kept_are_cut(service, settings):
    settings.JOBYARD = {**settings.JOBYARD, "PLAN_MAX_ROWS": 3}
    service.publish(writes=WRITES)

    result = service.run("writes", "Fine", commit=False)

    assert lines(result) == LINES[:3]


def test_a_plan_goes_with_its_result(service):
    service.publish(writes=WRITES)
    result = service.run("writes", "Fine", commit=False)

    Caller(service.user).delete(f"/api/extras/job-results/{result.pk}/")

    assert Plan(result).count() == 0
