"""IP addresses and networks, as objects of netaddr."""

from __future__ import annotations

from typing import Any

from jobyard.spec import Json
from jobyard.variables.base import RunValues, ScriptVariable
from jobyard.variables.options import whole_number


class IPAddressVar(ScriptVariable):
    """An IPv4 or IPv6 address without a mask (``netaddr.IPAddress``)."""

    kind = "IPAddressVar"

    def to_queued(self, value: Any) -> Json:
        return None if value is None else str(value)

    def to_python(self, value: Json, name: str, run: RunValues) -> Any:
        from netaddr import IPAddress  # noqa: PLC0415  # slow to import, and only runs need it

        del name, run
        return None if value is None else IPAddress(value)


class IPAddressWithMaskVar(ScriptVariable):
    """An address with its mask (``netaddr.IPNetwork``, host bits kept)."""

    kind = "IPAddressWithMaskVar"

    def to_queued(self, value: Any) -> Json:
        return None if value is None else str(value)

    def to_python(self, value: Json, name: str, run: RunValues) -> Any:
        from netaddr import IPNetwork  # noqa: PLC0415  # slow to import, and only runs need it

        del name, run
        return None if value is None else IPNetwork(value)


class IPNetworkVar(IPAddressWithMaskVar):
    """A network (``netaddr.IPNetwork`` without host bits)."""

    kind = "IPNetworkVar"
    spec_options = ("min_prefix_length", "max_prefix_length")

    def __init__(
        self,
        min_prefix_length: int | None = None,
        max_prefix_length: int | None = None,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.set_options(
            min_prefix_length=whole_number("min_prefix_length", min_prefix_length),
            max_prefix_length=whole_number("max_prefix_length", max_prefix_length),
        )
