"""Receivers that are published, and what people set up for them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.contenttypes.models import ContentType
from tests.server.api.cast import put, variable

from jobyard.spec import JobSpec
from jobyard_server.inventory.dcim.models import Region
from jobyard_server.receivers.calls import HookCalls
from jobyard_server.receivers.models import JobButton, JobHook
from jobyard_server.registry.models import Job
from jobyard_server.registry.sources import local_source

_SPEC = JobSpec(
    module="hooks", class_name="Hook", name="Hook", grouping="hooks", path="hooks.py", has_run=True
)


def receivers(**values: Any) -> tuple[Job, Job]:
    """``local/hooks/Hook`` and ``local/hooks/Button``, published."""
    hook = replace(
        _SPEC,
        is_job_hook_receiver=True,
        variables=[variable("object_change", "ObjectVar", model="extras.objectchange", required=True)],
        **values,
    )
    texts = [variable("object_pk", required=True), variable("object_model_name", required=True)]
    button = replace(_SPEC, class_name="Button", name="Button", is_job_button_receiver=True, variables=texts)
    put(local_source(), hook, replace(button, **values), replace(_SPEC, class_name="Plain", name="Plain"))
    jobs = Job.objects.select_related("module__source", "module__revision")
    return jobs.get(job_class_name="Hook"), jobs.get(job_class_name="Button")


def hook_on(model: Any, job: Job, *actions: str, **values: Any) -> JobHook:
    types = {f"type_{action}": True for action in actions or ("create", "update", "delete")}
    made = JobHook.objects.create(
        **{"name": f"hook {JobHook.objects.count()}", "job": job, **types, **values}
    )
    made.content_types.add(ContentType.objects.get_for_model(model))
    return made


def button_on(model: Any, job: Job, **values: Any) -> JobButton:
    made = JobButton.objects.create(
        **{"name": f"button {JobButton.objects.count()}", "text": "Do it", "job": job, **values}
    )
    made.content_types.add(ContentType.objects.get_for_model(model))
    return made


def region(name: str = "North") -> Region:
    return Region.objects.create(name=name, slug=name.lower())


def take_calls() -> None:
    """What the scheduler does, until there is nothing left."""
    calls = HookCalls()
    while calls.start_called() == 0.0:
        pass
