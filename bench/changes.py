"""What the change log and the plan cost: jobs that write, measured inside of their runs."""

from __future__ import annotations

from collections.abc import Iterator

from tests.e2e.installation import Installation

from bench.client import Client
from bench.figures import Figure, repeat

CREATES = 200
PLANNED = 10_000
JOBS = '''
import time

from jobyard import Job
from nautobot.dcim.models import Device, DeviceRole, DeviceType, Manufacturer, Region, Site
from nautobot.extras.models import Status


class Timed(Job):
    """Says how long its work took."""

    class Meta:
        has_sensitive_variables = False
        description = "changes"

    def run(self, data, commit):
        self.prepare()
        began = time.perf_counter()
        self.work()
        self.job_result.data["seconds"] = time.perf_counter() - began

    def prepare(self):
        pass


class Creates(Timed):
    """Devices one by one, with validation."""

    def prepare(self):
        active = Status.objects.get_for_model(Device).get(slug="active")
        maker = Manufacturer.objects.create(name="Bench", slug="bench")
        self.values = {
            "site": Site.objects.create(name="Bench", slug="bench", status=active),
            "device_type": DeviceType.objects.create(manufacturer=maker, model="Bench", slug="bench"),
            "device_role": DeviceRole.objects.create(name="Bench", slug="bench"),
            "status": active,
        }

    def work(self):
        for number in range(CREATES):
            Device(name=f"bench-{number}", **self.values).validated_save()


class Plans(Timed):
    """Many changes, which the worker keeps as a plan when the run is dry."""

    def work(self):
        for number in range(PLANNED):
            Region(name=f"bench-{number}", slug=f"bench-{number}").validated_save()

'''.replace("CREATES", str(CREATES)).replace("PLANNED", str(PLANNED))


def measure_changes(installation: Installation, client: Client, times: int) -> Iterator[Figure]:
    """Validated creates, and what a plan of PLANNED changes adds to its run."""
    installation.save("changes", JOBS)
    client.await_listed("local/changes/Plans", "changes")
    yield Figure(
        what=f"{CREATES} validated creates with change log, inside of the run",
        samples=repeat(times, lambda _number: _seconds(client, "Creates")),
        compared="1.9 / 4.5",
    )
    whole, bare = _with_and_without(installation, client, max(1, times // 10))
    yield Figure(what=f"REST dry run that makes {PLANNED:,} changes, plan kept", samples=whole)
    yield Figure(what="the same without change log and plan", samples=bare)
    yield Figure(
        what="what change log and plan add to it",
        samples=[100 * (with_plan / without - 1) for with_plan, without in zip(whole, bare, strict=True)],
        unit="%",
    )


def _with_and_without(
    installation: Installation, client: Client, times: int
) -> tuple[list[float], list[float]]:
    """Seconds of the same dry run by turns, so that what else the machine does meets both."""
    whole, bare = list[float](), list[float]()
    client.run("local/changes/Plans", commit=False)  # does not count
    for _ in range(times):
        whole.append(client.run("local/changes/Plans", commit=False))
        _triggers(installation, "DISABLE")
        client.reconnect()
        bare.append(client.run("local/changes/Plans", commit=False))
        _triggers(installation, "ENABLE")
        client.reconnect()
    return whole, bare


def _triggers(installation: Installation, verb: str) -> None:
    sql = f"ALTER TABLE dcim_region {verb} TRIGGER USER"
    code = f"from django.db import connection; connection.cursor().execute({sql!r})"
    installation.command("manage", "shell", "-c", code)


def _seconds(client: Client, name: str) -> float:
    result = client.start(f"local/changes/{name}", commit=False)
    client.await_end(result)
    found = client.request("GET", f"/api/extras/job-results/{result}/?data_layout=1.2")
    return float(found["data"]["seconds"])
