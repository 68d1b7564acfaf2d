"""What kinds, fields and columns are called on pages."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

#: Words that stay in capitals; the names of fields have them in small letters.
CAPITALS = {
    **{word: word.upper() for word in ("asn", "cid", "dns", "id", "ip", "l2vpn", "lag", "mac", "mtu", "nat")},
    **{word: word.upper() for word in ("noc", "rd", "rir", "url", "vc", "vid", "vlan", "vm", "vrf", "pp")},
    "asns": "ASNs",
    "vcpus": "vCPUs",
    "vlans": "VLANs",
    "ip4": "IPv4",
    "ip6": "IPv6",
    "oob": "OOB",
    "napalm": "NAPALM",
    "l2vpns": "L2VPNs",
    "ips": "IPs",
    "json": "JSON",
}
SPECIAL = {
    "u_height": "Height (U)",
    "is_pool": "Is a pool",
    "ipaddresses": "IP addresses",
    "custom_field_data": "Custom fields",
    "last_updated": "Last change",
    "desc_units": "Units count from the top",
    "mgmt_only": "Management only",
    "vm_role": "Virtual machines may have it",
    "xconnect_id": "Cross-connect ID",
    "pp_info": "Patch panel and port",
    "max_utilization": "Maximum utilization (%)",
    "face": "Rack face",
    "termination_a": "Termination A",
    "termination_b": "Termination B",
    "termination_a_type": "Termination A: type",
    "termination_b_type": "Termination B: type",
    "termination_a_id": "Termination A",
    "termination_b_id": "Termination B",
    "position": "Position",
    "source_for_associations": "Relationships from here",
    "destination_for_associations": "Relationships to here",
    "type_create": "On create",
    "type_update": "On update",
    "type_delete": "On delete",
    "image_width": "Width (pixels)",
    "image_height": "Height (pixels)",
}


def label_of(name: str) -> str:
    """``primary_ip4`` as ``Primary IPv4``."""
    if name in SPECIAL:
        return SPECIAL[name]
    words = [CAPITALS.get(word, word) for word in name.split("_") if word]
    text = " ".join(words)
    return text[:1].upper() + text[1:]


def singular(model: type[Model]) -> str:
    return str(model._meta.verbose_name)


def plural(model: type[Model]) -> str:
    """``VM interfaces``, although their address only says interfaces."""
    meta: Any = model._meta
    if str(meta.verbose_name).startswith("VM "):
        return f"VM {meta.verbose_name_plural}"
    return str(meta.verbose_name_plural)


def title(text: str) -> str:
    """With a capital at the beginning, the rest as it is."""
    return text[:1].upper() + text[1:]


def counted(number: int, model: type[Model]) -> str:
    """``1 device``, ``2 devices``."""
    return f"{number:,} {singular(model) if number == 1 else plural(model)}"
