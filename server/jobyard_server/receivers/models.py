"""What people set up for their receivers, and the changes that job hooks still have to hear of."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from jobyard_server.inventory.base import InventoryModel
from jobyard_server.receivers.button_text import InvalidText, check_text
from jobyard_server.registry.models import Job

TYPES = {"type_create": "create", "type_update": "update", "type_delete": "delete"}
NO_TYPE = "You must select at least one type: create, update, and/or delete."
TAKEN = "A job hook already exists for {action} on {content_type} to job {job}"
NO_RECEIVER = "{} is no {}; choose a job whose class derives from {}."
NOT_WATCHED = "{} is no kind of rows that the change log watches; choose kinds of the inventory."
BUTTON_CLASSES = ("default", "primary", "secondary", "success", "info", "warning", "danger", "link")


class Receiver(InventoryModel):
    """What hooks and buttons share: a name, and kinds of rows that they are about."""

    name = models.CharField(max_length=100, unique=True)
    content_types = models.ManyToManyField("contenttypes.ContentType", related_name="+")
    job: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def check_job(self, *, fits: bool, kind: str, base: str) -> None:
        """
        Raises:
            ValidationError: The job is no *kind*, which derives from *base*.
        """
        if not fits:
            raise ValidationError({"job": NO_RECEIVER.format(self.job, kind, base)})


class JobHook(Receiver):
    """Starts its job for each change of a row of some kinds."""

    job = models.ForeignKey(
        "extras.Job",
        on_delete=models.CASCADE,
        related_name="job_hooks",
        limit_choices_to={"spec_json__is_job_hook_receiver": True},
    )
    enabled = models.BooleanField(default=True)
    type_create = models.BooleanField(default=False)
    type_update = models.BooleanField(default=False)
    type_delete = models.BooleanField(default=False)

    class Meta:
        app_label = "extras"
        verbose_name = "job hook"
        ordering = ("name",)

    def clean(self) -> None:
        super().clean()
        if not any(getattr(self, name) for name in TYPES):
            raise ValidationError(NO_TYPE)
        fits = self.job.spec.is_job_hook_receiver
        self.check_job(fits=fits, kind="job hook receiver", base="JobHookReceiver")

    def check_lists(self) -> None:
        kinds = list(self.content_types.all())
        _refuse_unwatched(kinds)
        Job.objects.select_for_update(of=("self",), no_key=True).get(pk=self.job_id)  # two at once: one waits
        others = JobHook.objects.filter(job=self.job_id).exclude(pk=self.pk)
        errors: dict[str, list[str]] = {}
        for name, action in TYPES.items():
            if getattr(self, name):
                taken = kinds_of(others.filter(**{name: True}), kinds)
                errors[name] = [
                    TAKEN.format(action=action, content_type=kind, job=self.job) for kind in taken
                ]
        if any(errors.values()):
            raise ValidationError({name: found for name, found in errors.items() if found})


def kinds_of(hooks: models.QuerySet[JobHook], among: Iterable[Any]) -> list[str]:
    """Which of *among* some of *hooks* are about: ``dcim.device`` …"""
    found = hooks.filter(content_types__in=list(among)).order_by()
    names = found.values_list("content_types__app_label", "content_types__model")
    wanted = {f"{kind.app_label}.{kind.model}" for kind in among}
    return sorted(wanted & {f"{app}.{model}" for app, model in names})


class JobHookCall(models.Model):
    """
    A change that a job hook has to hear of; gone when its run is accepted.

    The database writes it with the change. Hook and change may be gone by then: nothing holds on to them.
    """

    id = models.BigAutoField(primary_key=True)
    hook = models.ForeignKey(JobHook, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    change = models.ForeignKey(
        "extras.ObjectChange",
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )

    class Meta:
        app_label = "extras"
        ordering = ("id",)

    def __str__(self) -> str:
        return f"change {self.change_id} for job hook {self.hook_id}"


class JobButton(Receiver):
    """A button on the pages of rows of some kinds, which starts its job with the row."""

    job = models.ForeignKey(
        "extras.Job",
        on_delete=models.CASCADE,
        related_name="job_buttons",
        limit_choices_to={"spec_json__is_job_button_receiver": True},
    )
    text = models.CharField(max_length=500)
    weight = models.PositiveSmallIntegerField(default=100)
    group_name = models.CharField(max_length=50, blank=True)
    button_class = models.CharField(
        max_length=30, default="default", choices=[(name, name.capitalize()) for name in BUTTON_CLASSES]
    )
    confirmation = models.BooleanField(default=True)

    class Meta:
        app_label = "extras"
        verbose_name = "job button"
        ordering = ("group_name", "weight", "name")

    def clean(self) -> None:
        super().clean()
        fits = self.job.spec.is_job_button_receiver
        self.check_job(fits=fits, kind="job button receiver", base="JobButtonReceiver")
        try:
            check_text(self.text)
        except InvalidText as exc:
            raise ValidationError({"text": str(exc)}) from exc

    def check_lists(self) -> None:
        _refuse_unwatched(self.content_types.all())


def _refuse_unwatched(kinds: Iterable[Any]) -> None:
    for kind in kinds:
        model = kind.model_class()
        if model is None or not issubclass(model, InventoryModel):
            raise ValidationError({"content_types": NOT_WATCHED.format(f"{kind.app_label}.{kind.model}")})
