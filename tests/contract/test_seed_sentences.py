"""
What the users' document says of running jobs, sentence by sentence (S1, S2, …), with pages, REST and worker.

Sentences about writing jobs are in ``tests/jobs/test_seed_sentences.py``.
"""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from tests.contract.case import Case
from tests.contract.outcomes import stored_outcome
from tests.contract.web_form import fields_of
from tests.jobs.fakes import FIXTURES
from tests.server.api.cast import Caller, caller
from tests.server.cli.cast import call
from tests.server.grants import grant
from tests.server.ui.cast import Page

from jobyard_server.access.models import User
from jobyard_server.inventory.dcim.models import (
    Cable,
    ConsolePort,
    ConsoleServerPort,
    Device,
    DeviceType,
    Manufacturer,
    PowerOutlet,
    PowerPort,
    Region,
    Site,
)
from jobyard_server.inventory.extras.models import Status
from jobyard_server.options import OPTIONS
from jobyard_server.runs.models import JobLogEntry, JobResult

pytestmark = pytest.mark.django_db
RUN = "/api/extras/jobs/local/{}/run/"


@pytest.fixture
def browser(world):
    made = Client()
    made.force_login(world.service.user)
    return made


@pytest.fixture
def page(browser):
    return lambda job: Page(browser.get(f"/extras/jobs/local/{job}/"))


@pytest.fixture
def person():
    """``person("bob", "view_job")`` calls the API; the account is gone afterwards."""
    made = []

    def make(name, *permissions):
        made.append(caller(name, *permissions))
        return made[-1]

    yield make
    JobResult.objects.filter(user__in=[one.user for one in made]).update(user=None)
    User.objects.filter(pk__in=[one.user.pk for one in made]).delete()


def test_s1_s95_a_form_starts_a_job_or_says_what_is_wrong(world, doors, browser):
    address = "/extras/jobs/local/fx_api/FourVars/"

    wrong = browser.post(address, {"foo": "", "bar": "x"})
    right = browser.post(address, {"foo": "text", "bar": "7"})

    assert wrong.status_code == 200
    assert "This field is required." in Page(wrong).text
    assert "Enter a whole number." in Page(wrong).text
    assert right.status_code == 302
    assert JobResult.objects.latest("created").status == "completed"
    assert "Run Job" in Page(browser.get(address)).text


def test_s2_jobs_work_on_the_data(ran):
    assert ran("fx_db/Creates", commit=True).data_committed
    assert Region.objects.filter(slug="north").exists()


def test_s3_the_sample_uses(ran, external_source):
    outcome = ran("fx_inventory/SampleUses", {"address": external_source}, commit=True)

    assert outcome.status == "completed", outcome.messages
    assert "4 prefixes, 2 addresses" in outcome.messages
    assert "said from elsewhere" in outcome.messages
    assert outcome.messages.count("in 10.0.0.0/24") == 2
    assert outcome.counters["test_every_device_has_a_loopback_address"] == (2, 0, 0, 0)


@pytest.fixture
def external_source():
    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"said from elsewhere")

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def zygote_of(world):
    return world.service.loop._zygotes.base


def test_s4_s27_a_file_changes_without_disturbing_the_run_that_waits_or_the_worker(world, doors):
    text = (
        "from jobyard import Job\n\n\nclass Edited(Job):\n"
        "    def run(self, data, commit):\n        return {!r}\n"
    )
    world.service.publish(edited=text.format("old"))
    zygote = zygote_of(world)
    world.holds_runs = True
    waiting = world.alice.post(RUN.format("edited/Edited")).json()["result"]["id"]

    world.service.publish(edited=text.format("new"))
    before = world.carry_out(waiting)
    world.holds_runs = False
    after = doors["rest"](Case("edited/Edited"))

    assert (before.output, after.output) == ("\nold", "\nnew")
    assert zygote_of(world) is zygote
    assert zygote.is_alive


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"NAUTOBOT_ROOT": "/srv/n"}, "/srv/n/jobs"),
        ({"NAUTOBOT_JOBS_ROOT": "/srv/j", "NAUTOBOT_ROOT": "/srv/n"}, "/srv/j"),
        ({"JOBYARD_ROOT": "/srv/y", "NAUTOBOT_ROOT": "/srv/n"}, "/srv/y/jobs"),
    ],
)
def test_s8_files_are_in_jobs_root(environment, folder):
    from jobyard_server.options import read_options

    assert any(option.name == "JOBS_ROOT" for option in OPTIONS)
    assert str(read_options(environment)["JOBS_ROOT"]) == folder


@pytest.mark.parametrize("job", ["fx_vars_text/Strings", "fx_vars_number/Integers", "fx_vars_ip/Networks"])
def test_s16_the_form_has_a_field_for_each_variable(world, page, job):
    spec = world.job(f"local/{job}").spec

    for variable in spec.variables:
        assert page(job).field(variable.name)["id"] == f"id_{variable.name}"


WAITS = """
import time

from nautobot.extras.jobs import Job
from nautobot.dcim.models import Region


class Waits(Job):
    def run(self, data, commit):
        self.log_info("begun")
        while not Region.objects.filter(slug="go-on").exists():
            time.sleep(0.01)
"""


def test_s26_runs_are_asynchronous_and_recorded(world, doors):
    world.service.publish(waits=WAITS)
    world.holds_runs = True
    key = world.alice.post(RUN.format("waits/Waits")).json()["result"]["id"]
    address = f"/api/extras/job-results/{key}/"

    waiting = world.alice.get(address).json()
    world.service.turn_until(lambda: JobLogEntry.objects.filter(job_result=key).exists())
    running, rows = world.alice.get(address).json(), world.alice.get(f"{address}logs/").json()
    Region.objects.create(name="Go on", slug="go-on")
    ended = world.carry_out(key)

    assert (waiting["status"]["value"], waiting["completed"]) == ("pending", None)
    assert (running["status"]["value"], running["completed"]) == ("running", None)
    assert [row["message"] for row in rows] == ["begun"]
    assert (ended.status, ended.started < ended.completed) == ("completed", True)


def test_s30_s33_file_and_class_name_are_shown_too(world):
    job = world.job("local/fx_module_name/One")
    record = world.alice.get(f"/api/extras/jobs/{job.pk}/").json()

    assert (record["grouping"], record["module_name"]) == ("A heading of its own", "fx_module_name")
    assert record["job_class_name"] == "One"
    assert world.alice.get("/api/extras/jobs/local/fx_meta/Shadowed/").json()["name"] == "From the class"


def test_s34_a_list_shows_the_first_line_and_the_page_markdown(browser):
    listed = browser.get("/extras/jobs/?hidden=1").content.decode()
    shown = browser.get("/extras/jobs/local/fx_meta/Everything/").content.decode()

    assert "an indented one" not in listed
    assert "an indented one" in shown
    assert "Heading</h" in shown


@pytest.mark.parametrize(("job", "default"), [("fx_min/OnlyRun", True), ("fx_netbox_script/Old", False)])
def test_s35_the_box_and_rest_follow_commit_default(world, doors, page, job, default):
    assert ("checked" in page(job).field("_commit")) is default
    answer = world.alice.post(RUN.format(job))
    assert JobResult.objects.get(pk=answer.json()["result"]["id"]).commit is default


def test_s38_s39_a_read_only_job_has_no_box_and_never_commits(world, doors, browser, page):
    assert not page("fx_read_only/Good").all("input", name="_commit")
    browser.post("/extras/jobs/local/fx_read_only/Good/", {"_commit": "on"})
    assert JobResult.objects.latest("created").commit is False


def test_s45_s49_the_form_shows_defaults_and_widgets(page):
    assert page("fx_defaults/Given").field("text")["value"] == "rack"
    assert page("fx_redact/Leaks").field("key")["type"] == "password"


def test_s58_an_object_is_chosen_by_its_key(world, ran):
    assert ran("fx_vars_object/Single", {"site": str(world.site.pk)}).output == "\n{'site': 'ams01'}"


def test_s59_s60_s62_the_list_shows_a_field_and_is_narrowed(world, doors, page):
    Site.objects.create(name="Retired", slug="gone", status="retired")

    form = page("fx_vars_object/Filtered")

    assert "ams01" in form.text
    assert "gone" not in form.text


def test_s61_a_null_option_submits_no_value(world, doors, browser):
    address = "/extras/jobs/local/fx_vars_object/NullOption/"

    assert fields_of(browser.get(address).content.decode())["site"] == ["null"]
    browser.post(address, {"site": "null"})

    assert JobResult.objects.latest("created").output == "\n{'site': None}"


def test_s63_a_list_follows_another_field(world, doors, browser):
    north = Region.objects.create(name="North", slug="north")
    Site.objects.create(name="Oslo", slug="osl", status="active", region=north)

    answer = browser.post(
        "/extras/jobs/local/fx_vars_object/Filtered/", {"_reload": "1", "region": str(north.pk)}
    )

    assert "osl" in Page(answer).text
    assert "ams01" not in Page(answer).text


def test_s64_several_objects(world, ran):
    other = Site.objects.create(name="Oslo", slug="osl", status="active")

    outcome = ran("fx_vars_object/Multiple", {"sites": [str(world.site.pk), str(other.pk)]})

    assert outcome.output.count("<Site:") == 2


@pytest.mark.parametrize("job", ["fx_file/Reads", "fx_file/ReadsThenRaises", "fx_file/InPostRun"])
def test_s65_nothing_of_an_upload_is_left(ran, job):
    from jobyard_server.runs.models import InputFile

    ran(job, files={"upload": ("racks.csv", b"name,units\nr1,42\n")})

    assert not InputFile.objects.exists()


def test_s65_nor_after_the_process_was_killed(world, ran):
    from jobyard_server.runs.models import InputFile

    world.service.publish(
        killed=(
            "import os, signal\nfrom nautobot.extras.jobs import Job, FileVar\n\n\n"
            "class Killed(Job):\n    upload = FileVar()\n\n"
            "    def run(self, data, commit):\n"
            "        self.log(data['upload'].read().decode())\n"
            "        os.kill(os.getpid(), signal.SIGKILL)\n"
        )
    )

    outcome = ran("killed/Killed", files={"upload": ("racks.csv", b"name,units")})

    assert (outcome.status, outcome.reason, outcome.messages[0]) == ("errored", "process_died", "name,units")
    assert not InputFile.objects.exists()


def test_s69_data_has_every_variable_through_every_door(world, doors):
    case = Case("fx_vars_inherit/Mixed", {"left": "1", "own": "2"})

    assert {door(case).output for door in doors.values()} == {"\nright,left,own"}


def test_s73_s74_validated_save_validates_and_save_does_not(ran):
    assert ran("fx_db/Validates", commit=True).status == "errored"
    assert ran("fx_db/SavesInvalid", commit=True).status == "completed"


def test_s75_bulk_writes_validate_nothing(ran):
    assert ran("fx_db/Bulk", commit=True).output.endswith("r0,r1,r2")


def test_s87_messages_are_markdown_without_scripts(world, doors, browser):
    doors["rest"](Case("fx_markdown/Renders"))

    shown = browser.get(f"/extras/jobs/results/{JobResult.objects.latest('created').pk}/").content.decode()

    assert "<td>1</td>" in shown
    assert 'href="https://example.com/"' in shown
    assert "<script>alert" not in shown
    assert "<b onclick" not in shown


@pytest.mark.parametrize(
    ("headers", "address"),
    [({}, "127.0.0.1"), ({"HTTP_X_FORWARDED_FOR": "203.0.113.9"}, "203.0.113.9")],
)
def test_s88_s89_the_job_knows_who_asked_from_where(world, doors, headers, address):
    answer = world.alice.post(RUN.format("fx_request/Who"), **headers)

    outcome = stored_outcome(answer.json()["result"]["id"])

    assert outcome.messages[0] == f"alice came from {address}"


def test_s90_other_parameters_are_there_and_credentials_are_not(world, doors, browser):
    browser.post("/extras/jobs/local/fx_request/Dump/?a=1&a=2", {"_commit": "on"})

    meta, get, *_ = stored_outcome(JobResult.objects.latest("created").pk).messages

    assert "REQUEST_METHOD" in meta
    assert "SERVER_NAME" in meta
    assert "HTTP_COOKIE" not in meta
    assert "HTTP_AUTHORIZATION" not in meta
    assert get.endswith("['1', '2']")


def test_s93_running_needs_a_permission(person, doors):
    reader, runner = person("reader", "view_job"), person("runner", "view_job", "run_job", "view_jobresult")

    assert reader.post(RUN.format("fx_min/OnlyRun")).status_code == 403
    assert runner.post(RUN.format("fx_min/OnlyRun")).status_code == 200


def test_s94_a_group_may_grant_it(person, doors):
    member = person("member", "view_job")
    group = Group.objects.create(name="operators")
    grant(group, "run_job")
    before = member.post(RUN.format("fx_min/OnlyRun"))
    member.user.groups.add(group)

    after = Caller(User.objects.get(pk=member.user.pk)).post(RUN.format("fx_min/OnlyRun"))

    assert (before.status_code, after.status_code) == (403, 200)
    group.delete()


def test_s96_the_list_summarises_the_newest_result(doors, browser):
    doors["rest"](Case("fx_fail_flag/LogsFailure", commit=True))

    listed = Page(browser.get("/extras/jobs/?q=LogsFailure"))

    assert "Failed" in listed.text


@pytest.mark.parametrize(
    ("body", "commit"),
    [(None, True), ({"data": {}}, True), ({"commit": False}, False), ({"data": {}, "commit": True}, True)],
)
def test_s97_data_and_commit_are_optional(world, doors, body, commit):
    answer = world.alice.post(RUN.format("fx_min/OnlyRun"), body, format="json")

    assert JobResult.objects.get(pk=answer.json()["result"]["id"]).commit is commit


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("local/fx_min/OnlyRun", 200),
        ("plugins/fx_plugin.jobs.audit/CheckAll", 200),
        ("plugin/fx_plugin.jobs/Counts", 200),
        ("local/fx_min/onlyrun", 404),
        ("local/FX_MIN/OnlyRun", 404),
        ("git/fx_min/OnlyRun", 404),
    ],
)
def test_s100_s101_s102_a_class_path_has_source_file_and_class(world, path, status):
    assert world.alice.get(f"/api/extras/jobs/{path}/").status_code == status


def test_s103_s104_s105_a_job_runs_from_the_command_line(doors):
    dry = call("runjob", "local/fx_db/Creates")
    was_there = Region.objects.filter(slug="north").exists()
    kept = call("runjob", "local/fx_db/Creates", "--commit")

    assert (dry.exit_code, kept.exit_code) == (0, 0), (dry.output, kept.output)
    assert "Running local/fx_db/Creates..." in kept.output
    assert not was_there
    assert Region.objects.filter(slug="north").exists()


def test_s106_input_on_the_command_line(doors):
    without = call("runjob", "local/fx_api/FourVars")
    given = call("runjob", "local/fx_api/FourVars", "--data", '{"foo": "x", "bar": 1}')

    assert (without.exit_code, given.exit_code) == (2, 0)
    assert "foo: This field is required." in without.output


@pytest.fixture
def branch(world):
    return {"site_name": "Ghent 1", "switch_count": 2, "switch_model": str(world.lab.kind.pk)}


def test_s107_s110_the_form_of_the_first_example(page):
    form = page("new_branch/NewBranch")
    names = [
        attrs["name"]
        for tag, attrs in form.elements
        if tag in ("input", "select") and attrs.get("id", "").startswith("id_") and attrs["name"][0] != "_"
    ]

    assert names == ["site_name", "switch_count", "switch_model", "manufacturer"]


@pytest.mark.parametrize("commit", [True, False])
def test_s108_s111_the_first_example_through_every_door(world, doors, branch, commit):
    for name, door in doors.items():
        outcome = door(Case("new_branch/NewBranch", branch, commit=commit))

        assert outcome.status == "completed", (name, outcome.messages)
        assert outcome.output.splitlines()[1:] == [
            "name,make,model",
            "ghent-1-switch1,Acme,Switch 48",
            "ghent-1-switch2,Acme,Switch 48",
        ]
        assert outcome.rows[0] == ("run", "success", "Ghent 1", "Created new site")
        assert outcome.counters["run"][0] == 3
        assert Site.objects.filter(slug="ghent-1").exists() is commit
        if name != "testing":  # which keeps no result
            assert plan_of_newest(world) == _plan_of_branch(world.lab, kept=commit), name
        world.tidy()


def plan_of_newest(world):
    """What the page of the newest result and REST show of its changes, in order."""
    result = JobResult.objects.latest("created")
    shown = world.alice.get(f"/api/extras/job-results/{result.pk}/plan/").json()
    assert shown["count"] == len(shown["results"])
    names: dict[str, str] = {row["object_id"]: row["object_repr"] for row in shown["results"]}
    told = ("name", "slug", "site", "status", "device_type", "device_role")
    rows = []
    for row in shown["results"]:
        after = {key: names.get(row["after"][key], row["after"][key]) for key in told if key in row["after"]}
        rows.append((row["action"], row["object_type"], row["before"], after, row["kept"]))
    page = Client()
    page.force_login(world.service.user)
    text = Page(page.get(f"/extras/jobs/results/{result.pk}/")).text
    assert all(name in text for name in names.values())
    return rows


def _plan_of_branch(lab, *, kept):
    planned = str(Status.objects.get(slug="planned").pk)
    site = {"name": "Ghent 1", "slug": "ghent-1", "status": planned}
    switch = {
        "site": "Ghent 1",
        "status": planned,
        "device_type": str(lab.kind.pk),
        "device_role": str(lab.role.pk),
    }
    return [
        ("create", "dcim.site", None, site, kept),
        ("create", "dcim.device", None, {"name": "ghent-1-switch1", **switch}, kept),
        ("create", "dcim.device", None, {"name": "ghent-1-switch2", **switch}, kept),
    ]


def test_s112_its_models_follow_the_manufacturer(world, doors, browser):
    other = Manufacturer.objects.create(name="Other", slug="other")
    kind = DeviceType.objects.create(manufacturer=other, model="Router 9", slug="router-9")

    answer = browser.post(
        "/extras/jobs/local/new_branch/NewBranch/", {"_reload": "1", "manufacturer": str(other.pk)}
    )

    assert "Router 9" in Page(answer).text
    assert "Switch 48" not in Page(answer).text
    kind.delete()
    other.delete()


def test_s113_the_second_example_has_no_run_and_a_description(world, ran):
    job = world.job("local/device_connections/DeviceConnectionsReport")

    outcome = ran("device_connections/DeviceConnectionsReport", commit=True)

    assert job.description == "Validate the minimum physical connections for each device"
    assert outcome.groups == ["test_console_connection", "test_power_connections"]


@pytest.mark.parametrize("commit", [True, False])
def test_s114_s115_s116_the_second_example_through_every_door(world, doors, commit):
    for name, door in doors.items():
        _wire(world.lab)

        outcome = door(Case("device_connections/DeviceConnectionsReport", commit=commit))

        assert outcome.status == "failed"
        assert list(outcome.counters) == ["test_console_connection", "test_power_connections"]
        assert outcome.counters["test_console_connection"][0] == 1
        assert {level for _, level, _, _ in outcome.rows} >= {"failure", "warning", "success"}
        assert ("test_console_connection", "success", "sw2", "None") in outcome.rows
        if name != "testing":
            assert plan_of_newest(world) == []  # it only reads
        world.tidy()


def _wire(lab):
    """Three devices: nothing connected, everything planned, everything connected."""
    outlets, server = lab.device("pdu", status="offline"), lab.device("console", status="offline")
    for number, status in enumerate(["", "planned", "connected"]):
        device = lab.device(f"sw{number}", status="active")
        ports = [ConsolePort.objects.create(device=device, name="con0")]
        ports += [PowerPort.objects.create(device=device, name=f"PS{n}") for n in (1, 2)]
        if status:
            others = [ConsoleServerPort.objects.create(device=server, name=f"p{number}")]
            others += [PowerOutlet.objects.create(device=outlets, name=f"{number}-{n}") for n in (1, 2)]
            for port, other in zip(ports, others, strict=True):
                Cable(termination_a=port, termination_b=other, status=status).validated_save()


def test_the_fixture_jobs_are_those_of_the_other_tests(world):
    assert (world.service.folder / "fx_min.py").read_text() == (FIXTURES / "fx_min.py").read_text()
    assert not Device.objects.exists()
