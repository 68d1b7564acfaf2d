"""The harness for authors' own tests."""

from __future__ import annotations

import uuid

import netaddr
import pytest
from django.db import transaction
from tests.jobs.fakes import FIXTURES, write_files

from jobyard import FileVar, IPAddressVar, Job, MultiObjectVar, ObjectVar, StringVar
from jobyard.errors import InputErrors
from jobyard.testing import load_jobs, run_job
from jobyard_server.inventory.dcim.models import Region

pytest_plugins = ["pytester"]

JOB_FILE = """
    from nautobot.extras.jobs import Job, StringVar
    from .helpers import greet

    class Hello(Job):
        who = StringVar()

        def run(self, data, commit):
            self.log_success(message=greet(data["who"]))
            return "done"
"""
HELPERS = "def greet(who):\n    return f'Hello {who}'\n"


class Greets(Job):
    who = StringVar()

    def run(self, data, commit):
        self.who_was_greeted = data["who"]
        self.log_success(self, f"Hello {data['who']}")
        self.result.data["greeted"] = [data["who"]]
        return f"commit={commit}"


class TestRunJob:
    def test_status_logs_output_data_and_instance(self):
        run = run_job(Greets, {"who": "Ada"})

        assert (run.status, run.reason, run.output) == ("completed", None, "\ncommit=True")
        assert (run.data, run.groups, run.is_committed) == ({"greeted": ["Ada"]}, ["run"], True)
        assert run.messages("success") == run.messages(grouping="run") == ["Hello Ada"]
        assert run.counts["success"] == 1
        assert run.job.who_was_greeted == "Ada"
        assert str(run) == "run: success: Greets: Hello Ada\ncompleted"

    def test_inputs_are_checked_as_on_a_server(self):
        with pytest.raises(InputErrors, match="who: This field is required"):
            run_job(Greets)
        with pytest.raises(InputErrors, match="other: Job data contained an unknown property"):
            run_job(Greets, {"who": "Ada", "other": 1})

    def test_commit_is_the_jobs_default_unless_given(self):
        class Careful(Greets):
            class Meta:
                commit_default = False

        assert not run_job(Careful, {"who": "Ada"}).is_committed
        assert run_job(Careful, {"who": "Ada"}, commit=True).is_committed

    def test_python_values_may_be_given(self):
        class Looks(Job):
            address = IPAddressVar()

            def run(self, data, commit):
                return repr(data["address"])

        for value in ("192.0.2.1", netaddr.IPAddress("192.0.2.1")):
            assert run_job(Looks, {"address": value}).output == "\nIPAddress('192.0.2.1')"

    def test_files_are_given_by_content(self):
        class Reads(Job):
            upload = FileVar()

            def run(self, data, commit):
                return f"{data['upload'].name} {data['upload'].read()}"

        assert run_job(Reads, files={"upload": ("a.csv", b"1")}).output == "\na.csv b'1'"
        assert run_job(Reads, files={"upload": "text"}).output == "\nupload.txt b'text'"

    def test_a_job_that_cannot_be_made_has_no_instance(self, fx):
        run = run_job(fx("fx_raise", "InInit"))

        assert (run.job, run.reason) == (None, "initialization")
        assert str(run).endswith("errored (initialization)")


class MakesRegion(Job):
    def run(self, data, commit):
        Region.objects.create(name="North", slug="north")

    def post_run(self):
        Region.objects.create(name="South", slug="south")


class BreaksInRun(MakesRegion):
    def run(self, data, commit):
        super().run(data, commit)
        raise ValueError("no")


@pytest.mark.django_db
class TestDatabase:
    @pytest.mark.parametrize(
        ("job_class", "commit", "left"),
        [
            (MakesRegion, True, ["north", "south"]),
            (MakesRegion, False, []),
            (BreaksInRun, True, ["south"]),
            (BreaksInRun, False, []),
        ],
    )
    def test_changes_are_kept_or_reverted(self, job_class, commit, left):
        run_job(job_class, commit=commit)

        assert list(Region.objects.values_list("slug", flat=True)) == left

    def test_the_transaction_of_the_test_goes_on(self):
        run_job(BreaksInRun)

        with transaction.atomic():
            assert Region.objects.count() == 1


def test_without_the_database_a_job_runs_all_the_same():
    assert run_job(Greets, {"who": "Ada"}).status == "completed"


class Chooses(Job):
    region = ObjectVar(model=Region, required=False)
    regions = MultiObjectVar(model="dcim.region", required=False)

    def run(self, data, commit):
        return f"{data['region']} {sorted(str(region) for region in data['regions'])}"


@pytest.mark.django_db
class TestObjects:
    def test_they_are_given_by_row_key_or_fields(self):
        north = Region.objects.create(name="North", slug="north")

        for given in (north, str(north.pk), {"slug": "north"}):
            assert run_job(Chooses, {"region": given, "regions": [given]}).output == "\nNorth ['North']"
        assert run_job(Chooses, {"regions": Region.objects.all()}).output == "\nNone ['North']"

    def test_what_a_server_refuses_is_refused(self):
        gone = str(uuid.uuid4())
        with pytest.raises(InputErrors) as caught:
            run_job(Chooses, {"region": gone, "regions": [gone]})
        with pytest.raises(InputErrors) as by_field:
            run_job(Chooses, {"region": {"slug__contains": "n"}, "regions": ["x"]})

        chosen = "is not one of the available choices."
        assert caught.value.errors == {
            "region": [f"Select a valid choice. That choice {chosen}"],
            "regions": [f"Select a valid choice. {gone} {chosen}"],
        }
        assert by_field.value.errors == {
            "region": ['Cannot select objects by "slug__contains".'],
            "regions": ["“x” is not a valid value."],
        }


class TestLoadJobs:
    def test_a_file_is_loaded_with_its_siblings(self, tmp_path):
        write_files(tmp_path, {"jobs/hello.py": JOB_FILE, "jobs/helpers.py": HELPERS})

        module = load_jobs(tmp_path / "jobs/hello.py")

        assert run_job(module.Hello, {"who": "Ada"}).messages()[0] == "Hello Ada"
        assert module.Hello.class_path == "local/hello/Hello"
        assert module.Hello.file_path == "jobs/hello.py"

    def test_a_folder_of_any_name_and_a_package(self):
        assert load_jobs(FIXTURES / "fx-hyphen.py").OddFileName.class_path == "local/fx-hyphen/OddFileName"
        assert load_jobs(FIXTURES / "fx_multi").InPackage.class_path == "local/fx_multi/InPackage"

    def test_each_call_loads_afresh(self):
        assert load_jobs(FIXTURES / "fx_min.py") is not load_jobs(FIXTURES / "fx_min.py")


class TestPlugin:
    def test_the_fixtures_and_the_log_of_a_failing_test(self, pytester):
        write_files(pytester.path, {"jobs/hello.py": JOB_FILE, "jobs/helpers.py": HELPERS})
        pytester.makepyfile(
            """
            def test_good(run_job, load_jobs):
                jobs = load_jobs("jobs/hello.py")
                assert run_job(jobs.Hello, {"who": "Ada"}).output == "\\ndone"

            def test_bad(run_job, load_jobs):
                jobs = load_jobs("jobs/hello.py")
                assert run_job(jobs.Hello, {"who": "Bob"}).status == "failed"
            """
        )

        # In a process of its own: it must do without this project's Django.
        result = pytester.runpytest_subprocess("-p", "no:django")

        result.assert_outcomes(passed=1, failed=1)
        result.stdout.fnmatch_lines(["*log of Hello*", "run: success: Hello Bob", "completed"])
