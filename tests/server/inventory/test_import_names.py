"""
Every name that public job files import from their platforms, tried as a file would: with ``from … import …``.

The names are those of job files of both families and of 2.x. What is not there is told by its sentence.
"""

from __future__ import annotations

import pytest

from jobyard import compat
from jobyard.discovery import find_modules
from jobyard.inspection import describe_module
from jobyard.loader import SourceLoader
from jobyard_server.isolation.names import MODELS

PROVIDED = """
dcim.models: Device Site Interface Cable DeviceRole DeviceType Manufacturer Rack Location VirtualChassis
    RackRole PowerPort ConsolePort Region Platform SiteGroup Module ModuleType InventoryItem RearPort
    CableTermination ConsoleServerPort LocationType PowerOutlet FrontPort PowerPanel RackGroup
ipam.models: IPAddress Prefix VLAN VRF VLANGroup ASN Aggregate RIR Role Service
extras.models: Tag Status ConfigContext JobResult CustomField ExportTemplate ImageAttachment CustomLink Job
    ObjectChange Secret SecretsGroup Relationship RelationshipAssociation Role JobLogEntry GitRepository Note
    ScheduledJob JobHook JobButton
virtualization.models: VirtualMachine VMInterface Cluster ClusterType ClusterGroup
tenancy.models: Tenant TenantGroup Contact ContactAssignment ContactRole
circuits.models: Circuit CircuitTermination Provider CircuitType ProviderNetwork
nautobot.dcim.models: Device Location LocationType DeviceRole Interface Cable Site Manufacturer DeviceType
nautobot.dcim.models.locations: Location LocationType
nautobot.dcim.models.devices: Device DeviceType Manufacturer Platform
nautobot.dcim.models.device_components: Interface
nautobot.ipam.models: IPAddress Prefix VLAN Aggregate RIR
nautobot.extras.models: Status Role JobResult Tag SecretsGroup Relationship RelationshipAssociation
nautobot.extras.models.roles: Role
nautobot.circuits.models: Circuit CircuitTermination CircuitType Provider
nautobot.tenancy.models: Tenant TenantGroup
dcim.choices: DeviceStatusChoices SiteStatusChoices LinkStatusChoices InterfaceTypeChoices CableTypeChoices *
ipam.choices: PrefixStatusChoices IPAddressStatusChoices *
nautobot.dcim.choices: DeviceStatusChoices InterfaceTypeChoices
virtualization.choices: VirtualMachineStatusChoices
tenancy.choices: ContactPriorityChoices
extras.choices: JobResultStatusChoices
utilities.choices: ColorChoices
netbox.choices: ColorChoices
dcim.constants: DEVICE_STATUS_OFFLINE DEVICE_STATUS_INVENTORY DEVICE_STATUS_PLANNED DEVICE_STATUS_CHOICES
    DEVICE_STATUS_DECOMMISSIONING CONNECTION_STATUS_CONNECTED VIRTUAL_IFACE_TYPES
ipam.constants: IPADDRESS_ROLES_NONUNIQUE
utilities.exceptions: AbortScript AbortTransaction
utilities.forms.constants: ALPHANUMERIC_EXPANSION_PATTERN
utilities.forms.utils: expand_alphanumeric_pattern
netbox.settings: VERSION
netbox: configuration
dcim.filters: DeviceFilterSet
nautobot.dcim.filters: DeviceFilterSet
ipam.filtersets: PrefixFilterSet
extras: models
nautobot.extras.jobs: Job StringVar MultiObjectVar ChoiceVar BooleanVar IntegerVar TextVar ObjectVar
    ScriptVariable register_jobs get_task_logger *
nautobot.apps.jobs: Job register_jobs MultiObjectVar ObjectVar BooleanVar FileVar StringVar IntegerVar TextVar
nautobot.apps: jobs
nautobot.core.celery: register_jobs
extras.scripts: Script StringVar ObjectVar BooleanVar ChoiceVar IntegerVar FileVar TextVar MultiObjectVar *
extras.reports: Report
netaddr: *
"""

#: Deliberately not there, and what the load error says first.
ABSENT = {
    "core.models.ObjectType": "jobyard has no module core.models",
    "extras.models.CustomFieldChoiceSet": "jobyard has no model extras.CustomFieldChoiceSet",
    "extras.models.CustomFieldValue": "jobyard has no model extras.CustomFieldValue",
    "extras.models.SavedFilter": "jobyard has no model extras.SavedFilter",
    "extras.models.TableConfig": "jobyard has no model extras.TableConfig",
    "ipam.models.IPAddressToInterface": "jobyard has no model ipam.IPAddressToInterface",
    "nautobot.ipam.models.Namespace": "jobyard has no model ipam.Namespace",
    "virtualization.models.VirtualDisk": "jobyard has no model virtualization.VirtualDisk",
    "wireless.models.WirelessLAN": "jobyard has no module wireless.models",
    "wireless.models.WirelessLANGroup": "jobyard has no module wireless.models",
    "nautobot_ssot.jobs.DataSource": "needs the plugin nautobot_ssot, which is not installed here",
    "netmiko.ConnectHandler": "needs the package netmiko, which is not installed here",
    "jnpr.junos.Device": "needs the package jnpr (distribution junos-eznc), which is not installed here",
}


def _parse(table):
    module = ""
    for line in table.strip().splitlines():
        head, colon, rest = line.partition(":")
        module = head if colon else module
        for name in (rest if colon else line).split():
            yield f"{module}.{name}"


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """One job file for each name, read as an inspection reads it; by name."""
    root = tmp_path_factory.mktemp("names")
    names = [*_parse(PROVIDED), *ABSENT]
    for number, full in enumerate(names):
        module, _, name = full.rpartition(".")
        (root / f"file_{number}.py").write_text(f"from {module} import {name}\n")
    compat.provide(MODELS)
    with SourceLoader(root=root, job_path="", source="local", digest="a" * 64) as loader:
        found = {module.name: describe_module(loader, module) for module in find_modules(root, "")}
    return {full: found[f"file_{number}"] for number, full in enumerate(names)}


@pytest.mark.parametrize("name", list(_parse(PROVIDED)))
def test_a_name_that_job_files_import_is_there(reports, name):
    assert reports[name].error is None, reports[name].error.message


@pytest.mark.parametrize("name", ABSENT)
def test_a_name_that_is_not_there_is_named_by_the_load_error(reports, name):
    error = reports[name].error

    assert error is not None
    assert error.message.partition(": ")[2] == ABSENT[name]
    assert (error.path.endswith(".py"), error.line) == (True, 1)
