"""A worker in the process of the test, all fixture jobs in service, and a site to choose."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from django.core.management import call_command
from tests.contract.installed_plugin import PLUGIN, installed_plugin
from tests.jobs.fakes import FIXTURES
from tests.server.api.cast import Caller
from tests.server.inventory.cast import Lab
from tests.server.worker.service import Service, running_service

from jobyard.inspection import describe_plugin
from jobyard_server.access.accounts import cli_user
from jobyard_server.access.models import User
from jobyard_server.inventory.dcim.models import Device, Region, Site
from jobyard_server.inventory.extras.models import CustomField
from jobyard_server.isolation.zygote import Zygote
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.models import Job
from jobyard_server.registry.publish import RevisionFacts, publish
from jobyard_server.registry.sources import plugins_source
from jobyard_server.runs.models import JobResult

SEED = Path(__file__).parents[1] / "server" / "inventory" / "seed"


class World:
    """Also the engine: a run that is announced is carried out at once, before the call comes back."""

    def __init__(self, service: Service, folder: Path, lab: Lab) -> None:
        self.service = service
        self.folder = folder  #: For files of the tests.
        self.lab = lab
        self.site = lab.site
        self.alice = Caller(User.objects.get(username="alice"))
        self.holds_runs = False  #: Announced runs wait for ``carry_out``.

    def send(self, run_id: UUID, queue: str) -> None:  # one worker serves every queue
        if not self.holds_runs:
            self.carry_out(run_id)

    def carry_out(self, run_id: object) -> JobResult:
        return self.service.finish(JobResult.objects.get(pk=run_id))

    def job(self, class_path: str) -> Job:
        source, module, name = class_path.split("/")
        jobs = Job.objects.select_related("module__source", "module__revision")
        return jobs.get(module__source__key=source, module_name=module, job_class_name=name)

    def tidy(self) -> None:
        """Take away what the jobs of a test left in the inventory."""
        self.holds_runs = False
        Device.objects.all().delete()
        Site.objects.exclude(pk=self.site.pk).delete()
        Region.objects.exclude(pk=self.lab.region.pk).delete()
        CustomField.objects.all().delete()


@contextmanager
def running_world(folder: Path) -> Iterator[World]:
    with installed_plugin(folder):
        zygote = Zygote(folder / "zygote.log")
        try:
            with running_service(folder / "jobs", zygote) as service:
                lab = Lab()
                _publish_everything(service)
                yield World(service, folder, lab)
        finally:
            zygote.stop()
            call_command("flush", verbosity=0, interactive=False)


def _publish_everything(service: Service) -> None:
    shutil.copytree(FIXTURES, service.folder, dirs_exist_ok=True)
    shutil.copytree(Path(__file__).parent / "jobs", service.folder, dirs_exist_ok=True)
    for path in SEED.glob("*.py.txt"):
        shutil.copy(path, service.folder / path.name.removesuffix(".txt"))
    service.publish()
    _publish_plugin()
    cli_user()


def _publish_plugin() -> None:
    lease = take_lease(plugins_source())
    assert lease is not None
    digest = "f" * 64
    facts = RevisionFacts(identifier=digest, snapshot_digest=digest)
    publish(lease, facts, [describe_plugin(f"{PLUGIN}.jobs")])
    lease.release()
