"""
Starts the runs that job hooks ask for, one for each change. Several schedulers may do this at once.

A call is written by the database in the transaction of its change, and taken away in the transaction that
accepts its run: none is lost when a process dies, and none starts twice.
"""

from __future__ import annotations

import logging
import time
import uuid
from typing import Any

from django.db import Error, connection, transaction

from jobyard.errors import InputErrors
from jobyard_server.changes.models import ObjectChange
from jobyard_server.receivers.models import JobHook, JobHookCall
from jobyard_server.registry.lookup import jobs_to_run
from jobyard_server.runs.checks import RunRequest
from jobyard_server.runs.describe_request import describe_command
from jobyard_server.runs.errors import (
    JobHasNoSource,
    JobNotEnabled,
    JobNotInstalled,
    NotAllowedToRun,
    RunRefused,
)
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.not_started import record_not_started
from jobyard_server.runs.submit import submit

BATCH = 100
LOOK_AGAIN_SECONDS = 1.0  #: After all calls have been taken.
POSTPONED_SECONDS = 60.0
NO_USER = "Nobody is known to have made the change {}, so there is no account to run this as."
MAY_NOT = (
    "{} does not have the permission extras.run_job for this job. Grant it to have the job hook {} work."
)

#: Calls that nobody will take: of hooks that are disabled, or gone, or whose change was tidied away.
_DROP = """
DELETE FROM extras_jobhookcall call
 WHERE NOT EXISTS (SELECT FROM extras_jobhook hook WHERE hook.id = call.hook_id AND hook.enabled)
    OR NOT EXISTS (SELECT FROM extras_objectchange change WHERE change.id = call.change_id)
RETURNING hook_id
"""

log = logging.getLogger(__name__)


class HookCalls:
    """Remembers which calls gave trouble, so that one bad row does not stop the others."""

    def __init__(self) -> None:
        self._postponed: dict[int, float] = {}  # to the monotonic time of the next try

    def start_called(self) -> float:
        """Start a run for some of the calls; seconds until it is worth to look again."""
        _drop()
        keys = self._waiting()
        for key in keys:
            self._start_one(key)
        return 0.0 if len(keys) == BATCH else LOOK_AGAIN_SECONDS

    def _waiting(self) -> list[int]:
        self._postponed = {key: due for key, due in self._postponed.items() if due > time.monotonic()}
        calls = JobHookCall.objects.exclude(pk__in=self._postponed).order_by("pk")
        return list(calls.values_list("pk", flat=True)[:BATCH])

    def _start_one(self, key: int) -> None:
        try:
            with transaction.atomic():
                start(key)
        except Error:
            raise
        except Exception:
            log.exception("a job hook could not start its job", extra={"action": "job hook", "call": key})
            self._postponed[key] = time.monotonic() + POSTPONED_SECONDS


def start(key: int) -> JobResult | None:
    """
    Start what the call *key* asks for; None when another scheduler has it, or when nothing can start.

    Whose change it was must hold ``run`` on the job: a refusal is a result that says so. A job that is not
    enabled or not installed starts nothing, and the log says why.
    """
    calls = JobHookCall.objects.select_for_update(of=("self",), skip_locked=True)
    call = calls.select_related("hook", "change__user").filter(pk=key).first()
    if call is None:
        return None
    call.delete()
    asked = _asked(call.hook, call.change)
    try:
        with transaction.atomic():
            return submit(asked)
    except (JobNotEnabled, JobNotInstalled, JobHasNoSource) as exc:
        _say(call.hook.pk, str(call.hook), 1, str(exc))
    except NotAllowedToRun:
        return record_not_started(asked, _why_not(asked, call.hook, call.change))
    except (RunRefused, InputErrors) as exc:
        return record_not_started(asked, str(exc))
    return None


def _asked(hook: JobHook, change: ObjectChange) -> RunRequest:
    return RunRequest(
        job=jobs_to_run().get(pk=hook.job_id),
        user=change.user,
        data={"object_change": str(change.pk)},
        commit=True,
        request={**describe_command("jobyard_job_hook"), "id": str(change.request_id or uuid.uuid4())},
        job_hook=hook.pk,
    )


def _why_not(asked: RunRequest, hook: JobHook, change: ObjectChange) -> str:
    if asked.user is None:
        return NO_USER.format(change.pk)
    if not asked.user.is_active:
        return f"The account {asked.user} is not active."
    return MAY_NOT.format(asked.user, hook)


def _drop() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_DROP)
        hooks = [row[0] for row in cursor.fetchall()]
    names: dict[Any, str] = (
        dict(JobHook.objects.filter(pk__in=hooks).values_list("pk", "name")) if hooks else {}
    )
    for hook in dict.fromkeys(hooks):
        reason = (
            "The job hook is disabled, or the change is gone." if hook in names else "The job hook is gone."
        )
        _say(hook, names.get(hook, ""), hooks.count(hook), reason)


def _say(hook: uuid.UUID, name: str, changes: int, reason: str) -> None:
    extra = {"action": "job hook", "hook": str(hook), "name_of_hook": name, "changes": changes}
    log.warning("nothing was started: %s", reason, extra=extra)
