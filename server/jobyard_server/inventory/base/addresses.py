"""Columns of the types ``inet``, ``cidr`` and ``macaddr``; in Python they are netaddr's objects."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from netaddr import EUI, AddrFormatError, IPNetwork, mac_unix_expanded

if TYPE_CHECKING:
    _Field = models.Field[Any, Any]
    _GeneratedField = models.GeneratedField
else:
    _Field = models.Field  # not generic when the program runs
    _GeneratedField = models.GeneratedField


class ConvertingAttribute(DeferredAttribute):
    """Text that is assigned becomes the object at once; other text stays, for validation to name it."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        with suppress(ValidationError):
            value = self.field.to_python(value)
        instance.__dict__[self.field.attname] = value


class _ConvertedField(_Field):
    descriptor_class = ConvertingAttribute
    empty_strings_allowed = False

    def from_db_value(self, value: Any, *_more: Any) -> Any:
        return self.to_python(value)

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        found = self.to_python(value)
        return None if found is None else self.to_text(found)

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def to_text(self, value: Any) -> str:
        return str(value)


class HostField(_ConvertedField):
    """An address with its mask, ``10.0.0.1/24``: the type ``inet``, an ``IPNetwork`` in Python."""

    description = "IPv4 or IPv6 address with mask"

    def db_type(self, connection: Any) -> str:
        del connection
        return "inet"

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, IPNetwork):
            return value
        if isinstance(value, str) and not value:
            return None
        try:
            return IPNetwork(str(value))
        except (AddrFormatError, ValueError, TypeError):
            raise ValidationError(f"“{value}” is not a valid IPv4 or IPv6 address or network.") from None


class NetworkField(HostField):
    """A network without host bits, ``10.0.0.0/24``: the type ``cidr``, an ``IPNetwork`` in Python."""

    description = "IPv4 or IPv6 network"

    def db_type(self, connection: Any) -> str:
        del connection
        return "cidr"

    def to_text(self, value: Any) -> str:
        return str(value.cidr)

    def validate(self, value: Any, model_instance: Any) -> None:
        super().validate(value, model_instance)
        if value is not None and value.ip != value.cidr.ip:
            raise ValidationError(f"{value} is not a valid prefix. Did you mean {value.cidr}?")


class MACField(_ConvertedField):
    """A MAC address, written ``00:11:22:AA:BB:CC``: the type ``macaddr``, an ``EUI`` in Python."""

    description = "MAC address"

    def db_type(self, connection: Any) -> str:
        del connection
        return "macaddr"

    def to_python(self, value: Any) -> Any:
        if value is None or isinstance(value, EUI):
            return value
        if isinstance(value, str) and not value:
            return None
        try:
            return EUI(value, version=48, dialect=_Expanded)
        except (AddrFormatError, ValueError, TypeError):
            raise ValidationError(f"“{value}” is not a valid MAC address.") from None


class _Expanded(mac_unix_expanded):  # type: ignore[misc]  # netaddr ships no types
    word_fmt = "%.2X"


class _Loaded(str):
    """What the database computed; it needs no check against the address that it was computed from."""

    __slots__ = ()


class DerivedAttribute(DeferredAttribute):
    """Computed from the address at any time; assigning a part makes a new address."""

    field: Any

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        address = getattr(instance, self.field.of)
        return None if not isinstance(address, IPNetwork) else self.field.compute(address)

    def __set__(self, instance: Any, value: Any) -> None:
        if isinstance(value, _Loaded | models.expressions.Expression):
            return
        if value is not None and value != self.__get__(instance):
            self.field.change(instance, value)


class DerivedField(_GeneratedField):
    """
    A part of an address that the database computes into a column of its own, for lookups and indexes.

    Args:
        of: The field that holds the address.
        part: ``host``, ``network``, ``broadcast`` or ``prefix_length``.
    """

    descriptor_class = DerivedAttribute

    def __init__(self, *, of: str, part: str, **kwargs: Any) -> None:
        self.of, self.part = of, part
        kwargs.pop("expression", None)
        kwargs.pop("output_field", None)
        kwargs.pop("db_persist", None)
        output: Any = models.PositiveSmallIntegerField() if part == "prefix_length" else PartField()
        super().__init__(expression=_SQL[part](of), output_field=output, db_persist=True, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for key in ("expression", "output_field", "db_persist"):
            kwargs.pop(key, None)
        return name, path, args, {**kwargs, "of": self.of, "part": self.part}

    def compute(self, address: Any) -> Any:
        return _COMPUTED[self.part](address)

    def change(self, row: models.Model, value: Any) -> None:
        """Give *row* the address that has *value* as this part; parts wait until there is an address."""
        parts = row.__dict__.setdefault("_address_parts", {})
        parts[self.part] = value
        address = getattr(row, self.of)
        host = parts.get("host") or parts.get("network") or (address.ip if address is not None else None)
        length = parts.get("prefix_length") or (address.prefixlen if address is not None else None)
        if host is not None and (length is not None or self.part == "host"):
            setattr(row, self.of, f"{host}/{length}" if length is not None else f"{host}")
            parts.clear() if length is not None else None


class PartField(_Field):
    """An address without mask, as text: what the columns of a DerivedField hold."""

    def db_type(self, connection: Any) -> str:
        del connection
        return "inet"

    def from_db_value(self, value: Any, *_more: Any) -> Any:
        return None if value is None else _Loaded(str(value).partition("/")[0])

    def get_prep_value(self, value: Any) -> Any:
        return None if value is None else str(value).partition("/")[0]


def _function(name: str, *arguments: Any, output: models.Field[Any, Any]) -> models.Func:
    return models.Func(*arguments, function=name, output_field=output)


def _host(of: Any) -> models.Func:
    return _function("host", of, output=models.TextField())


def _as_inet(text: models.Func) -> models.Func:
    return models.Func(text, template="(%(expressions)s)::inet", output_field=PartField())


_SQL: dict[str, Any] = {
    "host": lambda of: _as_inet(_host(models.F(of))),
    "network": lambda of: _as_inet(_host(_function("network", models.F(of), output=PartField()))),
    "broadcast": lambda of: _as_inet(_host(_function("broadcast", models.F(of), output=PartField()))),
    "prefix_length": lambda of: _function("masklen", models.F(of), output=models.IntegerField()),
}
_COMPUTED: dict[str, Any] = {
    "host": lambda address: str(address.ip),
    "network": lambda address: str(address.network),
    "broadcast": lambda address: str(address[-1]),
    "prefix_length": lambda address: int(address.prefixlen),
}
