"""Lookups of addresses and networks: ``prefix__net_contains``, ``address__net_host``, ``prefix__family`` …"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db.models import Field, IntegerField, Lookup, Transform

from jobyard_server.inventory.base.addresses import HostField, NetworkField

if TYPE_CHECKING:
    _Lookup = Lookup[Any]
else:
    _Lookup = Lookup  # not generic when the program runs


class _Operator(_Lookup):
    """``left operator right``, both of the type ``inet``; PostgreSQL's GiST index knows all of these."""

    operator: ClassVar[str]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return f"{left} {self.operator} {right}::inet", [*left_params, *right_params]


class _HostOf(_Lookup):
    """The address without its mask; the index over ``host(…)`` serves it."""

    template = "host({left}) = host({right}::inet)"

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, left_params = self.process_lhs(compiler, connection)
        right, right_params = self.process_rhs(compiler, connection)
        return self.template.format(left=left, right=right), [*left_params, *right_params]


class _HostContained(_HostOf):
    template = "host({left})::inet <<= {right}::inet"


class _HostIn(_Lookup):
    """The address is one of these hosts, or lies in one of these networks."""

    def get_prep_lookup(self) -> Any:
        return [str(item) for item in self.rhs]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        left, params = self.process_lhs(compiler, connection)
        return f"host({left})::inet <<= ANY(%s::inet[])", [*params, self.rhs]


class _Family(Transform):
    lookup_name = "family"
    function = "family"
    output_field: Field[Any, Any] = IntegerField()


class _MaskLength(Transform):
    lookup_name = "net_mask_length"
    function = "masklen"
    output_field: Field[Any, Any] = IntegerField()


class _Host(Transform):
    """The address without its mask, to compare in the order of addresses."""

    lookup_name = "net_address"
    template = "host(%(expressions)s)::inet"
    output_field: Field[Any, Any] = HostField()


_OPERATORS = {
    "net_contained": "<<",
    "net_contained_or_equal": "<<=",
    "net_contains": ">>",
    "net_contains_or_equals": ">>=",
    "net_equals": "=",
    "net_overlaps": "&&",
}
_OTHERS = {
    "net_host": _HostOf,
    "net_host_contained": _HostContained,
    "net_in": _HostIn,
    "net_host_in": _HostIn,
}


def _register(field: type[Field[Any, Any]]) -> None:
    for name, operator in _OPERATORS.items():
        field.register_lookup(type(name, (_Operator,), {"lookup_name": name, "operator": operator}))
    for name, lookup in _OTHERS.items():
        field.register_lookup(type(name, (lookup,), {"lookup_name": name}))
    field.register_lookup(_Family)
    field.register_lookup(_MaskLength)
    field.register_lookup(_Host)


for _field in (HostField, NetworkField):
    _register(_field)
