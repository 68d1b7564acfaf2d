"""Jobs that are started by a change of an object, or by a button on its page."""

from __future__ import annotations

from typing import Any

from jobyard.declarations import base_class
from jobyard.job import Job
from jobyard.variables import ObjectVar, StringVar


@base_class("job")
class JobHookReceiver(Job):
    """Gets each change that a job hook is about."""

    object_change = ObjectVar(model="extras.objectchange")

    def run(self, data: dict[str, Any], commit: Any) -> Any:
        del commit
        change = data["object_change"]
        changed = None if change.action == "delete" else change.changed_object
        return self.receive_job_hook(change=change, action=change.action, changed_object=changed)

    def receive_job_hook(self, change: Any, action: str, changed_object: Any) -> Any:
        raise NotImplementedError("receive_job_hook() must be implemented.")


@base_class("job")
class JobButtonReceiver(Job):
    """Gets the object on whose page its button was pressed."""

    object_pk = StringVar()
    object_model_name = StringVar()

    def run(self, data: dict[str, Any], commit: Any) -> Any:
        from jobyard.model_objects import model_class  # noqa: PLC0415  # only runs need it

        del commit
        model = model_class(data["object_model_name"])
        return self.receive_job_button(obj=model._default_manager.get(pk=data["object_pk"]))

    def receive_job_button(self, obj: Any) -> Any:
        raise NotImplementedError("receive_job_button() must be implemented.")
