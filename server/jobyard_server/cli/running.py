"""One run asked for on the command line: hand it in, wait for it, print it, say how it ended."""

from __future__ import annotations

import mimetypes
import os
import pwd
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from jobyard import statuses
from jobyard.errors import InputErrors
from jobyard_server.access.accounts import cli_user
from jobyard_server.access.models import User
from jobyard_server.cli.errors import CommandError, WrongUsageError, field_lines
from jobyard_server.cli.local_run import LocalRun
from jobyard_server.cli.profile import save_profile
from jobyard_server.cli.run_report import print_report, say
from jobyard_server.cli.waiting import Interrupts, wait_for_end
from jobyard_server.registry.errors import JobNotFound
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import Job
from jobyard_server.runs.cancel import request_cancel
from jobyard_server.runs.describe_request import describe_command
from jobyard_server.runs.errors import AlreadyEnded, NotAllowedToRun, NoWorker, RunRefused
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.submit import RunRequest, submit

EXIT_CODES = {
    statuses.COMPLETED: 0,
    statuses.FAILED: 1,
    statuses.ERRORED: 3,
    statuses.CANCELLED: 4,
    statuses.TIMED_OUT: 5,
}
NO_WORKER = 6


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the command line asked for."""

    class_path: str  #: As typed; may be an alias.
    commit: bool
    username: str = ""  #: Empty: the reserved user of the command line.
    data: Any = None  #: Inputs as parsed JSON; validated by ``submit``.
    files: Mapping[str, Path] = field(default_factory=dict)  #: File inputs by variable.
    is_profiled: bool = False
    is_local: bool = False  #: Run on this host instead of on a worker.
    waits: bool = True


def carry_out(order: Order) -> int:
    """
    Run the job; return the exit status of the command.

    Raises:
        CommandError: It was not started; its exit status says why.
    """
    user = user_of(order.username, commit=order.commit)
    job = _job(order.class_path)
    say(f"Running {job.class_path}...")
    with ExitStack() as stack:
        interrupts = stack.enter_context(Interrupts(second_exit_code=EXIT_CODES[statuses.CANCELLED]))
        result = _submit(order, job, user)
        if not order.waits:
            say(f"Queued {job.class_path}: {result.pk}")
            return 0
        local = stack.enter_context(LocalRun(result.pk)) if order.is_local else None
        ended = wait_for_end(
            result.pk,
            interrupts,
            on_interrupt=partial(cancel, result, user),
            on_turn=local.check if local else _nothing,
        )
    print_report(ended)
    if order.is_profiled:
        save_profile(ended)
    return EXIT_CODES[ended.status]


def user_of(username: str, *, commit: bool) -> User:
    """The account of that name; without a name the reserved one of the command line."""
    if not username:
        if commit and settings.JOBYARD.get("CLI_REQUIRE_USERNAME"):
            raise WrongUsageError("--username is mandatory when --commit is used")
        return cli_user()
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise WrongUsageError("No such user")
    return found


def _job(class_path: str) -> Job:
    try:
        return find_job(class_path)
    except JobNotFound as exc:
        raise WrongUsageError(f'Job "{class_path}" not found') from exc


def _submit(order: Order, job: Job, user: User) -> JobResult:
    with ExitStack() as opened:
        request = RunRequest(
            job=job,
            user=user,
            data=order.data,
            commit=order.commit,
            files={name: _upload(path, opened) for name, path in order.files.items()},
            request=describe_caller(),
            is_local=order.is_local,
            is_profiled=order.is_profiled,
        )
        with refusals_as_sentences(user):
            return submit(request)


@contextmanager
def refusals_as_sentences(user: User) -> Iterator[None]:
    """What ``submit`` refuses, in the words and with the exit status of the command line."""
    try:
        yield
    except NotAllowedToRun as exc:
        raise WrongUsageError(f'User "{user}" does not have permission to run this job') from exc
    except NoWorker as exc:
        raise CommandError(f"{exc} Nothing was queued.", exit_code=NO_WORKER) from exc
    except RunRefused as exc:
        raise WrongUsageError(str(exc)) from exc
    except InputErrors as exc:
        raise WrongUsageError(field_lines(exc.errors)) from exc


def _upload(path: Path, opened: ExitStack) -> UploadedFile:
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return UploadedFile(
        file=opened.enter_context(path.open("rb")),
        name=path.name,
        content_type=content_type,
        size=path.stat().st_size,
    )


def describe_caller() -> dict[str, Any]:
    """What ``self.request`` says of a run from here."""
    return {**describe_command(), "account": _account()}


def _account() -> str:
    """The operating-system account, by its id: the environment could claim anything."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())


def cancel(result: JobResult, user: User) -> None:
    with suppress(AlreadyEnded):  # it ended in the same moment; its report follows
        request_cancel(result, user)


def _nothing() -> None:
    """A worker elsewhere is the reaper's business."""
