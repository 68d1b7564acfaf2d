"""What every page of the inventory says about its kind of rows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import Model

from jobyard_server.ui.inventory.addresses import list_url
from jobyard_server.ui.inventory.labels import plural, singular, title
from jobyard_server.ui.inventory.menu import group_of


@dataclass(frozen=True, kw_only=True)
class Sibling:
    """A kind of the same group of the menu."""

    name: str
    link: str
    is_here: bool


@cache
def pages_of(model: type[Model]) -> dict[str, str]:
    """The addresses of the pages of *model*, by the last part of the address; ``list`` has none."""
    place = list_url(model)
    names = ("add", "import", "export", "filters", "delete")
    return {
        "list": place,
        "template": f"{place}import/template/",
        **{name: f"{place}{name}/" for name in names},
    }


@cache
def siblings_of(model: type[Model]) -> list[Sibling]:
    """The kinds of the group that *model* is in. Templates would call a model, so they get these."""
    return [
        Sibling(name=title(plural(kind)), link=list_url(kind), is_here=kind is model)
        for kind in group_of(model).kinds
    ]


def names_of(model: type[Model]) -> dict[str, Any]:
    """The kind, its group in the menu, and its names: for the context of a template."""
    return {
        "pages": pages_of(model),
        "siblings": siblings_of(model),
        "group_title": group_of(model).title,
        "singular": singular(model),
        "plural": plural(model),
        "heading": title(plural(model)),
    }
