"""What runs change, through a real child."""

from __future__ import annotations

from tests.server.changes.cast import Log, line

CHANGES = """
    from jobyard import Job
    from nautobot.dcim.models import Region
    from nautobot.extras.models import ObjectChange


    class Changes(Job):
        class Meta:
            has_sensitive_variables = False

        def run(self, data, commit):
            region = Region(name="North", slug="north")
            region.validated_save()
            region.description = "cold"
            region.validated_save()
            self.log_info(message=str(ObjectChange.objects.filter(changed_object_id=region.pk).count()))

        def post_run(self):
            Region.objects.filter(slug="north").delete()
"""


def test_a_run_signs_its_changes_those_of_post_run_included(service):
    service.publish(changes=CHANGES)
    log = Log()

    result = service.run("changes", "Changes", commit=True)

    assert [line(row)[:3] for row in log.rows] == [
        ("create", "dcim.region", "North"),
        ("update", "dcim.region", "North"),
        ("delete", "dcim.region", "North"),
    ]
    assert {(row.user_name, row.run_id, row.change_context) for row in log.rows} == {
        ("alice", result.pk, "job")
    }
    assert service.rows(result) == [("run", "info", "2")]


def test_a_dry_run_leaves_the_log_as_it_was(service):
    service.publish(changes=CHANGES)
    log = Log()

    service.run("changes", "Changes", commit=False)

    assert log.rows == []
