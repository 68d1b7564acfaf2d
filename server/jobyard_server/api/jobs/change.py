"""
What may be sent about a job: ``enabled``, tags, and overrides.

A value together with ``<field>_override: true`` is used instead of the code's; so is a value alone, if it
differs from the one in force. ``<field>_override: false`` goes back to what the code says. Everything else
that a client got and sends back is ignored.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rest_framework import serializers

from jobyard_server.access.models import User
from jobyard_server.api.inventory.serializers import TagsSentField
from jobyard_server.registry.models import Job
from jobyard_server.registry.overrides import OVERRIDABLE, decide

MOST_SECONDS = 2**31 - 1


def _flag() -> serializers.Field[Any, Any, Any, Any]:
    return serializers.BooleanField(required=False)


def _seconds() -> serializers.Field[Any, Any, Any, Any]:
    return serializers.IntegerField(required=False, min_value=0, max_value=MOST_SECONDS)


def _queues() -> serializers.Field[Any, Any, Any, Any]:
    return serializers.ListField(child=serializers.CharField(max_length=64), required=False, max_length=50)


_VALUES: dict[str, Callable[[], serializers.Field[Any, Any, Any, Any]]] = {
    "grouping": lambda: serializers.CharField(required=False, max_length=255),
    "name": lambda: serializers.CharField(required=False, max_length=100),
    "description": lambda: serializers.CharField(required=False, allow_blank=True),
    "soft_time_limit": _seconds,
    "time_limit": _seconds,
    "task_queues": _queues,
}  # the others are flags


class _Change(serializers.Serializer[Job]):
    enabled = serializers.BooleanField(required=False)
    tags = TagsSentField(required=False)


JobChange: type[serializers.Serializer[Job]] = type(
    "JobChange",
    (_Change,),
    {
        **{name: _VALUES.get(name, _flag)() for name in OVERRIDABLE},
        **{f"{name}_override": _flag() for name in OVERRIDABLE},
    },
)


def change_job(job: Job, body: Any, user: User) -> None:
    """
    Do with *job* what *body* says.

    Raises:
        ValidationError: A value is of the wrong kind.
        JobRefused: The values do not go together.
    """
    change = JobChange(data=body, context={"user": user})
    change.is_valid(raise_exception=True)
    sent: dict[str, Any] = change.validated_data
    decide(
        job,
        user=user,
        enabled=sent.get("enabled"),
        override={name: value for name in OVERRIDABLE if (value := _override(job, name, sent)) is not None},
        follow_code=[name for name in OVERRIDABLE if sent.get(f"{name}_override") is False],
        tags=sent.get("tags"),
        sent=sent,
    )


def _override(job: Job, name: str, sent: dict[str, Any]) -> Any:
    """The value to use for *name* from now on; None to leave things as they are."""
    wanted = sent.get(f"{name}_override")
    in_force = getattr(job.spec, name)
    if wanted is False or (wanted is None and sent.get(name, in_force) == in_force):
        return None
    return sent.get(name, in_force)
