"""Filters that are no fields of their own: by name of the parameter, what it looks at."""

from __future__ import annotations

from typing import Any

COMPONENT = {
    "site": "device__site",
    "region": "device__site__region",
    "device_role": "device__device_role",
    "role": "device__device_role",
    "location": "device__location",
    "tenant": "device__tenant",
}
TEMPLATE = {"devicetype": "device_type", "manufacturer": "device_type__manufacturer"}
OF_SITE = {"region": "site__region", "site_group": "site__group"}

PATHS: dict[str, dict[str, str]] = {
    "circuits.circuit": {"site": "terminations__site", "region": "terminations__site__region"},
    "dcim.device": {
        **OF_SITE,
        "manufacturer": "device_type__manufacturer",
        "model": "device_type__slug",
        "mac_address": "interfaces__mac_address",
        "rack_group": "rack__group",
        "tenant_group": "tenant__group",
        "cluster_group": "cluster__group",
        "is_full_depth": "device_type__is_full_depth",
    },
    "dcim.devicetype": {},
    "dcim.location": OF_SITE,
    "dcim.powerfeed": {"site": "power_panel__site", "region": "power_panel__site__region"},
    "dcim.powerpanel": OF_SITE,
    "dcim.rack": {**OF_SITE, "tenant_group": "tenant__group"},
    "dcim.rackgroup": OF_SITE,
    "dcim.rackreservation": {"site": "rack__site", "group": "rack__group"},
    "dcim.site": {"tenant_group": "tenant__group"},
    "dcim.virtualchassis": {"site": "master__site", "region": "master__site__region"},
    "ipam.ipaddress": {
        "device": "interface__device",
        "interface": "interface",
        "virtual_machine": "vminterface__virtual_machine",
        "vminterface": "vminterface",
        "tenant_group": "tenant__group",
    },
    "ipam.prefix": {**OF_SITE, "vlan_vid": "vlan__vid", "tenant_group": "tenant__group"},
    "ipam.vlan": {**OF_SITE, "tenant_group": "tenant__group"},
    "ipam.vlangroup": OF_SITE,
    "tenancy.tenant": {},
    "virtualization.cluster": OF_SITE,
    "virtualization.virtualmachine": {
        "site": "cluster__site",
        "region": "cluster__site__region",
        "cluster_type": "cluster__type",
        "cluster_group": "cluster__group",
        "mac_address": "interfaces__mac_address",
        "tenant_group": "tenant__group",
    },
    "virtualization.vminterface": {"cluster": "virtual_machine__cluster"},
}
#: Questions with the answer true or false: the columns of which one is set.
HAS: dict[str, dict[str, tuple[str, ...]]] = {
    "dcim.device": {
        "has_primary_ip": ("primary_ip4", "primary_ip6"),
        "virtual_chassis_member": ("virtual_chassis",),
        "has_interfaces": ("interfaces",),
        "has_console_ports": ("consoleports",),
        "has_power_ports": ("powerports",),
    },
    "virtualization.virtualmachine": {"has_primary_ip": ("primary_ip4", "primary_ip6")},
    "ipam.ipaddress": {"assigned_to_interface": ("assigned_object_id",)},
}
#: Lookups of addresses by the names that clients know.
NETWORKS: dict[str, dict[str, str]] = {
    "ipam.prefix": {
        "within": "prefix__net_contained",
        "within_include": "prefix__net_contained_or_equal",
        "contains": "prefix__net_contains_or_equals",
        "mask_length": "prefix__net_mask_length",
        "family": "prefix__family",
    },
    "ipam.ipaddress": {
        "parent": "address__net_host_contained",
        "mask_length": "address__net_mask_length",
        "family": "address__family",
    },
    "ipam.aggregate": {"family": "prefix__family"},
    "ipam.iprange": {"family": "start_address__family"},
}


def paths_of(model: Any) -> dict[str, str]:
    """
    The further filters of *model*; components and their templates have some in common.

    A field of the model itself comes first: the role of a part is not that of its device.
    """
    names = {field.name for field in model._meta.concrete_fields}
    meta = model._meta
    common = COMPONENT if meta.app_label == "dcim" and "device" in names else {}
    if meta.model_name.endswith("template") and "device_type" in names:
        common = TEMPLATE
    common = {name: path for name, path in common.items() if name not in names}
    return {**common, **PATHS.get(meta.label_lower, {})}
