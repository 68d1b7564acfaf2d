"""The menu of the inventory: all kinds of rows, grouped, and the sample network for who has none yet."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from jobyard_server.access.permissions import may
from jobyard_server.inventory.dcim.models import Device, Manufacturer, Region, Site
from jobyard_server.inventory.sample import make_sample
from jobyard_server.inventory.tenancy.models import Tenant
from jobyard_server.ui.inventory.addresses import list_url
from jobyard_server.ui.inventory.labels import plural, title
from jobyard_server.ui.inventory.menu import GROUPS
from jobyard_server.ui.requests import PageRequest

SAMPLE = (
    "The sample network was made: {sites} sites, {devices} devices, {interfaces} interfaces, {cables} cables."
)


@require_safe
@never_cache
def show_inventory(request: PageRequest) -> HttpResponse:
    """Every kind of rows that the user may view or add."""
    groups = [
        (group.title, kinds)
        for group in GROUPS
        if (
            kinds := [
                (list_url(kind), title(plural(kind)), may(request.user, "add", kind))
                for kind in group.kinds
                if may(request.user, "view", kind)
            ]
        )
    ]
    context = {"groups": groups, "offers_sample": offers_sample(request)}
    return render(request, "ui/inventory/show_inventory.html", context)


#: Rows whose names could be those of the sample.
_MUST_BE_EMPTY = (Site, Device, Region, Manufacturer, Tenant)


def offers_sample(request: PageRequest) -> bool:
    """Whether the sample network can be made: by administrators, while there is nothing."""
    return request.user.is_superuser and not any(model.objects.exists() for model in _MUST_BE_EMPTY)


@require_POST
def make_sample_network(request: PageRequest) -> HttpResponse:
    """Fill an inventory that is empty; some seconds."""
    if not request.user.is_superuser:
        raise PermissionDenied("Only administrators can make the sample network.")
    if offers_sample(request):
        messages.success(request, SAMPLE.format(**make_sample()))
    else:
        messages.info(request, "The inventory is not empty; the sample is for one that is.")
    return redirect("ui:show_inventory")
