"""From a claimed run to a child that works on it."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.db import Error

from jobyard_server.isolation.containment import ContainmentMissing
from jobyard_server.isolation.frames import ProtocolError
from jobyard_server.runs.models import JobResult
from jobyard_server.runs.redaction import Redactor
from jobyard_server.runs.spellings import texts_in
from jobyard_server.worker import endings
from jobyard_server.worker.active_run import ActiveRun
from jobyard_server.worker.assignment import assignment, check_startable, code_of
from jobyard_server.worker.claims import Claim
from jobyard_server.worker.console import Console
from jobyard_server.worker.errors import NotStartable
from jobyard_server.worker.login import child_login
from jobyard_server.worker.recorder import Recorder
from jobyard_server.worker.scratch import make_scratch
from jobyard_server.worker.snapshot_zygote import Code
from jobyard_server.worker.snapshots import Snapshots
from jobyard_server.worker.zygotes import Zygotes


def launch(claim: Claim, zygotes: Zygotes, snapshots: Snapshots) -> ActiveRun:
    """
    Start the run; one that cannot start comes back with its ending set and a child that does nothing.

    Raises:
        ZygoteError: There is no child; nothing was started and the claim may be given back.
        SnapshotAwaited: Its code is on its way here; likewise.
        Error: The database is away; likewise.
    """
    name = str(claim.result.pk)
    redact = Redactor(_secrets_of(claim.result), settings.JOBYARD["LOG_REDACTION_PATTERNS"])
    code, problem = _code(claim, snapshots)
    taken = zygotes.take(code)
    scratch = taken.scratch / name
    run = ActiveRun(claim, taken.child, Recorder(claim, redact), Console(redact), scratch)
    try:
        if problem is not None:
            raise problem  # one place ends what cannot start
        run.begin(assignment(claim, make_scratch(name, taken.scratch), code))
    except (NotStartable, ContainmentMissing) as exc:
        run.end(endings.not_started(str(exc)))
    except ProtocolError:
        run.end(endings.not_started("The inputs of this run are too large to be handed to its process."))
    except OSError as exc:
        run.end(endings.not_started(f"The working folder of the run could not be prepared ({exc.strerror})."))
    except Error:
        run.close()  # its guard ends the child, which was told nothing
        raise
    return run


def _code(claim: Claim, snapshots: Snapshots) -> tuple[Code | None, NotStartable | None]:
    """Where the pinned code is, or why the run cannot start."""
    try:
        return code_of(claim.result, check_startable(claim.result), snapshots), None
    except NotStartable as exc:
        return None, exc


def _secrets_of(result: JobResult) -> Iterator[str]:
    """What the process of the run gets to know and nobody shall read: its login, and secret inputs."""
    yield str(child_login().login["PASSWORD"] or "")
    if result.job_model is None:
        return
    for variable in result.job_model.spec_json["variables"]:
        value = result.inputs.get(variable["name"])
        if variable["secret"]:
            yield from texts_in(value)
