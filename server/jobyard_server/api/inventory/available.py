"""
What is free in a network: ``/api/ipam/prefixes/<id>/available-ips/`` and ``available-prefixes/``.

A POST takes the first that is free. Two that come at once never get the same: the row of the network is
locked until the new row is there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from itertools import islice
from typing import Any, cast

from django.db import transaction
from django.db.models import Model
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from netaddr import IPNetwork
from rest_framework import status
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.permissions import may
from jobyard_server.api.bulk import MAX_ROWS
from jobyard_server.api.errors import Refusal
from jobyard_server.api.inventory.describe import Describer
from jobyard_server.api.inventory.fields import relations_of
from jobyard_server.api.inventory.saving import save_all
from jobyard_server.api.pagination import DEFAULT_LIMIT
from jobyard_server.api.views import ApiView
from jobyard_server.inventory.ipam.models import IPAddress, Prefix

NOT_ENOUGH = "There are not enough free {} in {}: {} asked for, {} free."


class AvailableView(ApiView, ABC):
    """What the two have in common: *made* is the model of the rows that a POST makes."""

    model = Prefix
    queryset = Prefix.objects.all()
    made: type[Model]
    actions = {"POST": "view"}  # of the network; to add the new rows is checked below

    @extend_schema(responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, pk: Any) -> Response:  # noqa: ARG002  # get_object() takes it from the route
        """List what is free, from the first on."""
        return Response([*islice(self.free(self.get_object()), _limit(request))])

    @extend_schema(request=OpenApiTypes.OBJECT, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, pk: Any) -> Response:
        """Take what is free: an object makes one row, a list several."""
        if not may(self.user, "add", self.made):
            raise PermissionDenied
        bodies = request.data if isinstance(request.data, list) else [request.data]
        if not 1 <= len(bodies) <= MAX_ROWS or not all(isinstance(body, dict) for body in bodies):
            raise ValidationError({"detail": f"The body must be an object or a list of 1 to {MAX_ROWS}."})
        self.get_object()  # whether the caller may see it
        with transaction.atomic():
            network = Prefix.objects.select_for_update(of=("self",)).get(pk=pk)
            keys = save_all(
                self.made,
                [(body, None) for body in self.filled(network, bodies)],
                user=self.user,
                partial=False,
            )
        rows = self.made._default_manager.prefetch_related(*relations_of(self.made)).in_bulk(keys)
        describer = Describer(self.links)
        made = [describer.row(rows[key]) for key in keys]
        return Response(made if isinstance(request.data, list) else made[0], status=status.HTTP_201_CREATED)

    @abstractmethod
    def free(self, network: Any) -> Iterator[dict[str, Any]]:
        """What a GET lists."""

    @abstractmethod
    def filled(self, network: Any, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """*bodies*, each with the next part of *network* that is free."""


class AvailableAddresses(AvailableView):
    made = IPAddress

    def free(self, network: Any) -> Iterator[dict[str, Any]]:
        vrf = _brief_vrf(self, network)
        for address in _addresses(network):
            yield {"family": network.family, "address": address, "vrf": vrf}

    def filled(self, network: Any, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = list(islice(_addresses(network), len(bodies)))
        _check_enough(found, bodies, "addresses", network)
        return [
            {**body, "address": address, "vrf": network.vrf}
            for body, address in zip(bodies, found, strict=True)
        ]


class AvailablePrefixes(AvailableView):
    made = Prefix

    def free(self, network: Any) -> Iterator[dict[str, Any]]:
        vrf = _brief_vrf(self, network)
        for part in network.get_available_prefixes().iter_cidrs():
            yield {"family": part.version, "prefix": str(part), "vrf": vrf}

    def filled(self, network: Any, bodies: list[dict[str, Any]]) -> list[dict[str, Any]]:
        free = network.get_available_prefixes()
        inherited = {"vrf": network.vrf, "site": network.site}
        filled = []
        for body in bodies:
            length = _length(body, network)
            part = next((found for found in free.iter_cidrs() if found.prefixlen <= length), None)
            if part is None:
                raise Refusal(
                    status.HTTP_409_CONFLICT,
                    {"detail": f"There is no free network of length {length} in {network}."},
                )
            taken = IPNetwork(f"{part.ip}/{length}")
            free.remove(taken)
            rest = {name: value for name, value in body.items() if name != "prefix_length"}
            filled.append({**inherited, **rest, "prefix": str(taken)})
        return filled


def _addresses(network: Any) -> Iterator[str]:
    return (f"{ip}/{network.prefix_length}" for ip in network.get_available_ips())


def _check_enough(found: list[str], bodies: list[Any], what: str, network: Any) -> None:
    if len(found) < len(bodies):
        sentence = NOT_ENOUGH.format(what, network, len(bodies), len(found))
        raise Refusal(status.HTTP_409_CONFLICT, {"detail": sentence})


def _length(body: dict[str, Any], network: Any) -> int:
    longest = 32 if network.family == 4 else 128  # noqa: PLR2004  # the version of IP
    length = body.get("prefix_length")
    if isinstance(length, bool) or not isinstance(length, int):
        raise ValidationError({"prefix_length": ["Give the length of the network to take, such as 24."]})
    if not network.prefix_length <= length <= longest:
        sentence = f"Ensure this value is from {network.prefix_length} to {longest}."
        raise ValidationError({"prefix_length": [sentence]})
    return length


def _limit(request: Request) -> int:
    text = request.query_params.get("limit", "")
    asked = int(text) if text.isdecimal() and len(text) < 7 else DEFAULT_LIMIT  # noqa: PLR2004  # above MAX_ROWS anyway
    return min(asked or MAX_ROWS, MAX_ROWS)


def _brief_vrf(view: ApiView, network: Any) -> Any:
    return Describer(view.links).brief(cast(Any, network).vrf)
