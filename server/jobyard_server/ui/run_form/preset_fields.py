"""The part of a run form that remembers: under which name, and for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.http import QueryDict

from jobyard.spec import JobSpec
from jobyard_server.access.models import User
from jobyard_server.presets.errors import MaybeSensitive
from jobyard_server.presets.models import LONGEST_NAME, JobPreset
from jobyard_server.ui.run_form.fields import FormField
from jobyard_server.ui.run_form.values import TICKED

REMEMBER: Final = "_preset_save"  #: Button.
NAME, SHARED, APPLIED = "_preset_name", "_preset_shared", "_preset"
NAME_LIMIT: Final = {"maxlength": str(LONGEST_NAME), "autocomplete": "off"}


def no_presets(spec: JobSpec) -> str:
    """Why nothing is remembered for this job; empty where something can be."""
    return MaybeSensitive.message if spec.has_sensitive_variables else ""


def sent_preset(sent: QueryDict) -> dict[str, str]:
    return {name: sent.get(name, "") for name in (NAME, SHARED, APPLIED)}


def shown_preset(preset: JobPreset, user: User) -> dict[str, str]:
    """A form that was filled in with *preset*: one's own can be saved again under its name."""
    if preset.user_id != user.pk:
        return {APPLIED: str(preset.pk)}
    return {NAME: preset.name, SHARED: "on" if preset.is_shared else "", APPLIED: str(preset.pk)}


def preset_fields(values: Mapping[str, str], errors: Mapping[str, list[str]]) -> list[FormField]:
    """The controls, filled in with *values*."""
    return [
        FormField(name=APPLIED, label="", control="hidden", value=values.get(APPLIED, "")),
        FormField(
            name=NAME,
            label="Name of the preset",
            help="What is filled in above is kept under it, without files and secrets; nothing is run",
            value=values.get(NAME, ""),
            attributes=NAME_LIMIT,
            errors=list(errors.get(NAME, [])),
            takes_focus=bool(errors.get(NAME)),
        ),
        shared_field(is_shared=values.get(SHARED, "") in TICKED),
    ]


def shared_field(*, is_shared: bool) -> FormField:
    return FormField(
        name=SHARED,
        label="Share it",
        help="Everybody who may see this job can fill in its form with it",
        control="checkbox",
        checked=is_shared,
    )
