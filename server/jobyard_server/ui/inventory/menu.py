"""The kinds of rows as people look for them: groups of the menu, in the order of the work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from django.db.models import Model

from jobyard_server.inventory.circuits import models as circuits
from jobyard_server.inventory.dcim import models as dcim
from jobyard_server.inventory.extras import models as extras
from jobyard_server.inventory.ipam import models as ipam
from jobyard_server.inventory.tenancy import models as tenancy
from jobyard_server.inventory.virtualization import models as virtualization

Kind = type[Model]


@dataclass(frozen=True, kw_only=True)
class Group:
    """Kinds under one heading."""

    title: str
    kinds: tuple[Kind, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        title="Organization",
        kinds=(
            *(dcim.Site, dcim.Region, dcim.SiteGroup, dcim.Location, dcim.LocationType),
            *(tenancy.Tenant, tenancy.TenantGroup),
            *(tenancy.Contact, tenancy.ContactRole, tenancy.ContactAssignment),
        ),
    ),
    Group(
        title="Racks",
        kinds=(dcim.Rack, dcim.RackGroup, dcim.RackRole, dcim.RackReservation),
    ),
    Group(
        title="Devices",
        kinds=(
            *(dcim.Device, dcim.DeviceType, dcim.DeviceRole, dcim.Platform, dcim.Manufacturer),
            *(dcim.VirtualChassis, dcim.Module, dcim.ModuleType, dcim.Cable),
        ),
    ),
    Group(
        title="Components",
        kinds=(
            *(dcim.Interface, dcim.FrontPort, dcim.RearPort, dcim.ConsolePort, dcim.ConsoleServerPort),
            *(dcim.PowerPort, dcim.PowerOutlet, dcim.DeviceBay, dcim.ModuleBay, dcim.InventoryItem),
            dcim.InventoryItemRole,
        ),
    ),
    Group(
        title="Templates",
        kinds=(
            *(dcim.InterfaceTemplate, dcim.FrontPortTemplate, dcim.RearPortTemplate),
            *(dcim.ConsolePortTemplate, dcim.ConsoleServerPortTemplate),
            *(dcim.PowerPortTemplate, dcim.PowerOutletTemplate),
            *(dcim.DeviceBayTemplate, dcim.ModuleBayTemplate),
        ),
    ),
    Group(
        title="IPAM",
        kinds=(
            *(ipam.IPAddress, ipam.Prefix, ipam.IPRange, ipam.Aggregate, ipam.RIR, ipam.ASN),
            *(ipam.VRF, ipam.RouteTarget, ipam.VLAN, ipam.VLANGroup, ipam.Role),
            *(ipam.Service, ipam.ServiceTemplate, ipam.L2VPN, ipam.L2VPNTermination),
        ),
    ),
    Group(
        title="Circuits",
        kinds=(
            *(circuits.Circuit, circuits.CircuitTermination, circuits.CircuitType),
            *(circuits.Provider, circuits.ProviderNetwork),
        ),
    ),
    Group(title="Power", kinds=(dcim.PowerFeed, dcim.PowerPanel)),
    Group(
        title="Virtualization",
        kinds=(
            *(virtualization.VirtualMachine, virtualization.VMInterface),
            *(virtualization.Cluster, virtualization.ClusterType, virtualization.ClusterGroup),
        ),
    ),
    Group(
        title="Customization",
        kinds=(
            *(extras.Status, extras.Tag, extras.CustomField, extras.CustomFieldChoice),
            *(extras.Relationship, extras.RelationshipAssociation),
            *(extras.ConfigContext, extras.ExportTemplate, extras.CustomLink),
            *(extras.JobHook, extras.JobButton),
            *(extras.ImageAttachment, extras.Note),
            *(extras.Secret, extras.SecretsGroup, extras.SecretsGroupAssociation),
        ),
    ),
)


@cache
def group_of(kind: Kind) -> Group:
    """The group that *kind* is in."""
    return next(group for group in GROUPS if kind in group.kinds)
