"""The work of `jobyard rerun`."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from jobyard import statuses
from jobyard_server.cli.errors import WrongUsageError
from jobyard_server.cli.run_report import print_report, say
from jobyard_server.cli.running import (
    EXIT_CODES,
    cancel,
    describe_caller,
    refusals_as_sentences,
    user_of,
)
from jobyard_server.cli.waiting import Interrupts, wait_for_end
from jobyard_server.runs.again import run_again
from jobyard_server.runs.models import JobResult


def repeat(result_id: UUID, *, revision: str, username: str, waits: bool) -> int:
    """
    Start the run once more; return the exit status of the command.

    Raises:
        CommandError: It was not started; its exit status says why.
    """
    related = ("job_model", "revision__source")
    first = JobResult.objects.select_related(*related).filter(pk=result_id).first()
    if first is None:
        raise WrongUsageError(f"There is no job result {result_id}")
    user = user_of(username, commit=first.commit)
    say(f"Running {first.name} once more...")
    with Interrupts(second_exit_code=EXIT_CODES[statuses.CANCELLED]) as interrupts:
        with refusals_as_sentences(user):
            made = run_again(first, user, revision=revision, request=describe_caller())
        if not waits:
            say(f"Queued {made.name}: {made.pk}")
            return 0
        ended = wait_for_end(made.pk, interrupts, on_interrupt=partial(cancel, made, user))
    print_report(ended)
    return EXIT_CODES[ended.status]
