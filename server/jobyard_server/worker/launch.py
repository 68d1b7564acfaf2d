"""From a claimed run to a child that works on it."""

from __future__ import annotations

from collections.abc import Iterator

from jobyard_server.runs.models import JobResult
from jobyard_server.runs.redaction import Redactor
from jobyard_server.worker import endings
from jobyard_server.worker.active_run import ActiveRun
from jobyard_server.worker.assignment import assignment
from jobyard_server.worker.claims import Claim
from jobyard_server.worker.console import Console
from jobyard_server.worker.errors import NotStartable
from jobyard_server.worker.recorder import Recorder
from jobyard_server.worker.scratch import make_scratch, scratch_root
from jobyard_server.worker.snapshots import Snapshots
from jobyard_server.worker.standby import Standby


def launch(claim: Claim, standby: Standby, snapshots: Snapshots) -> ActiveRun:
    """
    Start the run; one that cannot start comes back with its ending set and a child that does nothing.

    Raises:
        ZygoteError: There is no child; nothing was started and the claim may be given back.
    """
    name = str(claim.result.pk)
    redact = Redactor(_secrets_of(claim.result))
    child = standby.take()
    run = ActiveRun(claim, child, Recorder(claim, redact), Console(redact), scratch_root() / name)
    try:
        run.begin(assignment(claim, make_scratch(name), snapshots))
    except NotStartable as exc:
        run.end(endings.not_started(str(exc)))
    except OSError as exc:
        run.end(endings.not_started(f"The working folder of the run could not be prepared ({exc.strerror})."))
    return run


def _secrets_of(result: JobResult) -> Iterator[str]:
    if result.job_model is None:
        return
    for variable in result.job_model.spec_json["variables"]:
        value = result.inputs.get(variable["name"])
        if variable["secret"] and isinstance(value, str):
            yield value
