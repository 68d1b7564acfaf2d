"""The two complete jobs of the seed document, as they stand there, in a real child process."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tests.server.inventory.cast import Lab

from jobyard_server.inventory.dcim.models import (
    Cable,
    ConsolePort,
    ConsoleServerPort,
    Device,
    InterfaceTemplate,
    PowerOutlet,
    PowerPort,
    Site,
)

FOLDER = Path(__file__).parent / "seed"
NEW_BRANCH = (FOLDER / "new_branch.py.txt").read_text()
REPORT = (FOLDER / "device_connections.py.txt").read_text()

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def net(service):
    return Lab()


def netbox(text):
    """The same job with the import names of the other family."""
    renamed = re.sub(r"from nautobot\.(dcim|extras)\.models", r"from \1.models", text)
    return renamed.replace("from nautobot.extras.jobs", "from extras.jobs")


@pytest.mark.parametrize("spelled", [str, netbox])
def test_new_branch_commits(service, net, spelled):
    InterfaceTemplate.objects.create(device_type=net.kind, name="eth1", type="1000base-t")
    service.publish(branch=spelled(NEW_BRANCH))

    data = {"site_name": "Ghent 1", "switch_count": 3, "switch_model": {"slug": "switch-48"}}
    result = service.run("branch", "NewBranch", data, commit=True)

    assert (result.status, result.data_committed) == ("completed", True), result.output
    site = Site.objects.get(slug="ghent-1")
    assert site.status == "planned"
    assert list(site.devices.values_list("name", flat=True)) == [f"ghent-1-switch{n}" for n in (1, 2, 3)]
    assert site.devices.first().interfaces.count() == 1
    assert result.output.strip().splitlines() == [
        "name,make,model",
        *(f"ghent-1-switch{n},Acme,Switch 48" for n in (1, 2, 3)),
    ]
    logged = list(result.logs.order_by("sequence").values_list("message", "log_object", "absolute_url"))
    assert logged[0] == ("Created new site", "Ghent 1", site.get_absolute_url())
    assert [row[0] for row in logged[1:4]] == ["Created new switch"] * 3


def test_new_branch_as_a_dry_run(service, net):
    service.publish(branch=NEW_BRANCH)

    data = {"site_name": "Ghent 1", "switch_count": 2, "switch_model": str(net.kind.pk)}
    result = service.run("branch", "NewBranch", data, commit=False)

    assert (result.status, result.data_committed) == ("completed", False)
    assert "ghent-1-switch2,Acme,Switch 48" in result.output
    assert not Site.objects.filter(slug="ghent-1").exists()
    assert Device.objects.count() == 0


def test_new_branch_with_a_name_that_is_taken(service, net):
    service.publish(branch=NEW_BRANCH)

    data = {"site_name": "Amsterdam", "switch_count": 1, "switch_model": str(net.kind.pk)}
    result = service.run("branch", "NewBranch", data, commit=True)

    assert result.status == "errored"
    assert "Site with this Name already exists." in str(service.rows(result))
    assert Site.objects.count() == 1


def _wire(net):
    """Three active devices: nothing connected, everything planned, everything connected; and an idle one."""
    outlets = net.device("pdu", status="offline")
    server = net.device("console-server", status="offline")
    for number, status in enumerate(["", "planned", "connected"]):
        device = net.device(f"sw{number}", status="active")
        ports = [ConsolePort.objects.create(device=device, name="con0")]
        ports += [PowerPort.objects.create(device=device, name=f"PS{n}") for n in (1, 2)]
        if status:
            others = [ConsoleServerPort.objects.create(device=server, name=f"p{number}")]
            others += [PowerOutlet.objects.create(device=outlets, name=f"{number}-{n}") for n in (1, 2)]
            for port, other in zip(ports, others, strict=True):
                Cable(termination_a=port, termination_b=other, status=status).validated_save()
    ConsolePort.objects.create(device=net.device("spare", status="inventory"), name="con0")


@pytest.mark.parametrize("spelled", [str, netbox])
def test_device_connections_report(service, net, spelled):
    _wire(net)
    service.publish(report=spelled(REPORT))
    job = service.job("report", "DeviceConnectionsReport")

    result = service.run("report", "DeviceConnectionsReport", commit=True)

    rows = [row for row in service.rows(result) if row[0].startswith("test_")]
    assert job.description == "Validate the minimum physical connections for each device"
    assert result.status == "failed"
    assert sorted(rows[:3]) == [
        ("test_console_connection", "failure", "No console connection defined for con0"),
        ("test_console_connection", "success", "None"),
        ("test_console_connection", "warning", "Console connection for con0 marked as planned"),
    ]
    assert sorted(rows[3:]) == [
        ("test_power_connections", "failure", "0 connected power supplies found (2 needed)"),
        ("test_power_connections", "success", "None"),
        ("test_power_connections", "success", "None"),
        ("test_power_connections", "warning", "Power connection for PS1 marked as planned"),
        ("test_power_connections", "warning", "Power connection for PS2 marked as planned"),
    ]
