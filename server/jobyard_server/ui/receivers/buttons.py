"""Which job buttons the page of a row has."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

from django.contrib.contenttypes.models import ContentType
from django.urls import reverse

from jobyard_server.access.models import User
from jobyard_server.access.permissions import restrict
from jobyard_server.receivers.button_text import text_for
from jobyard_server.receivers.models import JobButton
from jobyard_server.registry.models import Job

#: Colours that the pages have, for those that a button can ask for.
_CLASSES: Final = {"primary": "primary", "success": "primary", "danger": "danger", "link": "link"}
_OTHER: Final = "secondary"


@dataclass(frozen=True, kw_only=True)
class ShownButton:
    """A button as a template needs it; the text is not escaped yet."""

    text: str
    css_class: str
    url: str
    object_type: str
    object_id: str
    confirms: bool


@dataclass(frozen=True, kw_only=True)
class ButtonGroup:
    """Buttons under one name; without a name each stands by itself."""

    name: str
    buttons: list[ShownButton]


def buttons_of(row: Any, user: User) -> list[ButtonGroup]:
    """
    The buttons that *user* may press on the page of *row*.

    Cost: one query, and one for each relation that a text follows.
    """
    jobs = restrict(Job.objects.filter(enabled=True, installed=True), user, "run")
    kind = ContentType.objects.get_for_model(row)
    found = JobButton.objects.filter(content_types=kind, job__in=jobs.order_by().values("pk"))
    shown = [(button.group_name, made) for button in found if (made := shown_button(button, row))]
    return [
        ButtonGroup(name=name, buttons=[made for _, made in members])
        for name, members in groupby(shown, key=lambda pair: pair[0])
    ]


def shown_button(button: JobButton, row: Any) -> ShownButton | None:
    """*button* on the page of *row*; None if its text hides it there."""
    text = text_for(button.text, row)
    if not text:
        return None
    kind = f"{row._meta.app_label}.{row._meta.model_name}"
    return ShownButton(
        text=text,
        css_class=_CLASSES.get(button.button_class, _OTHER),
        url=reverse("ui:press_button", args=[button.pk]),
        object_type=kind,
        object_id=str(row.pk),
        confirms=button.confirmation,
    )
