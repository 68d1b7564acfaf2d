"""
The names that public job files use, looked up in the models.

Each line says what files of both families read, assign, filter by or call; a name that goes away breaks them.
"""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.core.exceptions import EmptyResultSet, FieldError

from jobyard import compat
from jobyard_server.isolation.names import MODELS

pytestmark = pytest.mark.django_db

#: Model: attributes and methods of its rows.
ATTRIBUTES = """
dcim.device: name device_type site interfaces rack vc_position primary_ip4 primary_ip6 primary_ip status
    virtual_chassis serial asset_tag position role role_id device_role custom_field_data platform face tags cf
    tenant consoleports powerports oob_ip location comments get_status_display validated_save save delete pk
    modules devicebays inventoryitems consoleserverports poweroutlets frontports rearports get_absolute_url
dcim.site: slug name facility asns asn racks contacts validated_save status region group tenant latitude
    time_zone prefixes vlans devices circuit_terminations physical_address contact_name contact_phone
    contact_email
dcim.interface: name device connected_endpoints connected_endpoint count_ipaddresses type cable enabled mode
    path untagged_vlan tagged_vlans mtu ip_addresses mac_address mgmt_only description lag parent bridge trace
    refresh_from_db full_clean tags label connection_status link_peers get_cable_peer
circuits.circuittermination: path
dcim.cable: terminations termination_a termination_b termination_a_type termination_b_type
    termination_a_id termination_b_id a_terminations b_terminations type status color label length tenant
dcim.consoleport: name connection_status connected_endpoint device cable trace
dcim.consoleserverport: name connection_status connected_endpoint device cable
dcim.powerport: name connection_status connected_endpoint device cable
dcim.rearport: pk positions frontports device
dcim.devicetype: manufacturer slug model u_height is_full_depth interfacetemplates consoleporttemplates
dcim.rack: name location site group status role u_height devices get_available_units full_clean
dcim.location: slug name site parent status location_type
dcim.region: name slug parent sites get_descendants get_ancestors validated_save
dcim.virtualchassis: name domain master members
dcim.inventoryitem: serial device part_id manufacturer name
ipam.ipaddress: address description dns_name assigned_object role status is_primary nat_inside id family host
    prefix_length interface tenant vrf assigned_object_type assigned_object_id
ipam.prefix: prefix vlan role get_first_available_ip get_available_prefixes get_available_ips
    get_first_available_prefix network prefix_length vrf family site location status is_pool get_child_ips
    get_child_prefixes get_utilization
ipam.vlan: id prefixes name site tenant get_interfaces vid group role status
ipam.aggregate: validated_save prefix rir
ipam.asn: asn rir sites
ipam.vrf: name rd enforce_unique prefixes
circuits.circuit: cid provider type status termination_a termination_z terminations commit_rate tenant
circuits.circuittermination: circuit term_side site port_speed description provider_network cable
virtualization.virtualmachine: name primary_ip4 primary_ip cluster role tenant interfaces status vcpus memory
virtualization.vminterface: name virtual_machine mtu ip_addresses enabled
tenancy.tenant: slug name group validated_save
tenancy.contact: name email phone
tenancy.contactassignment: object contact role priority
extras.tag: name slug color description
extras.status: name slug color content_types
extras.customfield: name type content_types object_types default required
extras.imageattachment: image name content_type object_id parent
"""
#: Model: names in filter(), get() and exclude().
LOOKUPS = """
dcim.device: status name site role__slug__in status__in rack virtual_chassis name__startswith id role serial
    role__slug tenant__isnull site__in device_role__in device_type__manufacturer serial__in name__in
    device_type__in device_role device_type site__slug__in device_role__slug__in site__name platform
    device_type__manufacturer__name__icontains tenant__slug device_role__slug serial__isnull
    device_type__manufacturer__slug custom_field_data__purchase_date__range device_type__slug tenant__slug__in
dcim.site: name facility status asn time_zone region group tenant slug asn__isnull slug__in contact_name
dcim.interface: name device mgmt_only device_id name__iregex cable__isnull parent__isnull enabled device__name
    tags__name__startswith type name__icontains name__endswith cable device__status__in
    device__role__slug__in device__device_type__manufacturer__slug type__in device__role__slug
dcim.cable: label termination_a_type termination_a_id termination_b_type termination_b_id type status
dcim.powerport: device device__status__in
dcim.consoleport: device__status device device__status__in
dcim.rack: name site site__name location__name
dcim.location: name site site__name
dcim.region: name parent slug
dcim.sitegroup: name parent__name
dcim.virtualchassis: domain__startswith
dcim.devicetype: model manufacturer
dcim.inventoryitem: device_id__in serial serial__isnull manufacturer__slug role__slug__in
dcim.platform: name slug manufacturer
ipam.ipaddress: address nat_inside__isnull assigned_object_type assigned_object_id interface address__family
    status role__in dns_name interface__name dns_name__isnull address__net_host
ipam.prefix: prefix prefix__net_contains status site tenant role__slug role__name tenant__name network
    prefix_length prefix__family vlan__name__in prefix__net_contained
ipam.vlan: vid site name status tenant__slug name__startswith role__slug
ipam.aggregate: prefix rir
ipam.asn: asn
circuits.circuit: cid provider type status
circuits.circuittermination: site term_side circuit
virtualization.virtualmachine: name status tenant__isnull name__in status__in
virtualization.vminterface: virtual_machine name__endswith
tenancy.tenant: name slug
extras.status: slug name
extras.tag: name slug
extras.customfield: name
"""
#: Import names: what files take from them.
IMPORTS = """
dcim.choices: DeviceStatusChoices SiteStatusChoices LinkStatusChoices InterfaceTypeChoices CableTypeChoices
dcim.constants: DEVICE_STATUS_OFFLINE DEVICE_STATUS_INVENTORY DEVICE_STATUS_PLANNED VIRTUAL_IFACE_TYPES
    DEVICE_STATUS_DECOMMISSIONING CONNECTION_STATUS_CONNECTED DEVICE_STATUS_CHOICES
ipam.constants: IPADDRESS_ROLES_NONUNIQUE
ipam.choices: IPAddressStatusChoices PrefixStatusChoices VLANStatusChoices
virtualization.choices: VirtualMachineStatusChoices
tenancy.choices: ContactPriorityChoices
utilities.choices: ColorChoices
utilities.exceptions: AbortScript
extras.choices: JobResultStatusChoices
dcim.filters: DeviceFilterSet
ipam.filtersets: PrefixFilterSet
utilities.forms.constants: ALPHANUMERIC_EXPANSION_PATTERN
utilities.forms.utils: expand_alphanumeric_pattern
dcim.models: Device Site Interface Cable DeviceRole DeviceType Manufacturer Rack Location VirtualChassis
    RackRole PowerPort ConsolePort Region Platform SiteGroup Module ModuleType InventoryItem RearPort
    CableTermination ConsoleServerPort
ipam.models: IPAddress Prefix VLAN RIR Aggregate VRF VLANGroup ASN Role
extras.models: Tag Status CustomField ExportTemplate ImageAttachment CustomLink ConfigContext
tenancy.models: Tenant Contact ContactAssignment ContactRole
circuits.models: Circuit CircuitTermination Provider CircuitType ProviderNetwork
virtualization.models: VirtualMachine VMInterface Cluster ClusterType
"""


def table(text):
    """Pairs of what stands before the colon and each word after it."""
    found, subject = [], ""
    for line in text.split("\n"):
        head, colon, rest = line.partition(":")
        is_new = bool(colon) and not line.startswith(" ")
        subject = head if is_new else subject
        found += [(subject, word) for word in (rest if is_new else line).split()]
    return found


@pytest.mark.parametrize("subject", sorted({subject for subject, _ in table(ATTRIBUTES)}))
def test_rows_have_what_job_files_read(subject):
    model = apps.get_model(subject)
    names = {name for owner, name in table(ATTRIBUTES) if owner == subject}
    fields = {field.name for field in model._meta.get_fields()}

    assert {name for name in names if not hasattr(model, name) and name not in fields} == set()


@pytest.mark.parametrize("subject", sorted({subject for subject, _ in table(LOOKUPS)}))
def test_rows_are_found_by_what_job_files_filter_by(subject):
    rows = apps.get_model(subject).objects
    refused = []
    for owner, name in table(LOOKUPS):
        if owner != subject:
            continue
        try:
            str(rows.filter(**{name: value_for(name)}).query)
        except EmptyResultSet:  # an empty list finds nothing, and the name was understood
            continue
        except (FieldError, ValueError, TypeError) as exc:
            refused.append((name, exc))

    assert refused == []


def value_for(name):
    last = name.rpartition("__")[2]
    if last == "isnull":
        return True
    if last in ("in", "range"):
        return [] if last == "in" else ["2020-01-01", "2021-01-01"]
    if last in ("family", "asn", "vid", "prefix_length"):
        return 4
    if "prefix" in name or "address" in name or last in ("network", "net_host"):
        return "10.0.0.0/24"
    return None if last not in TEXTS else "x"


TEXTS = (
    "startswith",
    "endswith",
    "icontains",
    "iregex",
    "slug",
    "name",
    "model",
    "label",
    "serial",
    "dns_name",
)


@pytest.mark.parametrize("module", sorted({module for module, _ in table(IMPORTS)}))
def test_job_files_find_what_they_import(module):
    import jobyard_server.runs.objects  # noqa: F401  # it says where the models are

    compat.provide(MODELS)
    target = compat.target_of(module)
    assert target, f"nothing answers to {module}"
    names = {name for owner, name in table(IMPORTS) if owner == module}

    assert {name for name in names if not hasattr(importlib.import_module(target), name)} == set()


def test_a_filter_set_narrows_rows_as_rest_does(lab):
    from jobyard_server.inventory.dcim.filters import DeviceFilterSet
    from jobyard_server.inventory.dcim.models import Device

    lab.device("core1")
    lab.device("edge1", status="planned")

    found = DeviceFilterSet({"status": ["active"], "site": lab.site}, Device.objects.all())
    wrong = DeviceFilterSet({"nonsense": "1"})

    assert (found.is_valid(), [row.name for row in found.qs]) == (True, ["core1"])
    assert (wrong.is_valid(), list(wrong.qs), list(wrong.errors)) == (False, [], ["nonsense"])
