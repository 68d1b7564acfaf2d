"""What a run leaves: files, progress, provenance; and starting it once more."""

from __future__ import annotations

import os
import socket
import uuid
from datetime import timedelta
from importlib.metadata import version

import pytest
from django.utils import timezone

from jobyard.events import FilePiece
from jobyard_server.registry.models import Revision
from jobyard_server.runs import again
from jobyard_server.runs.errors import CannotRunAgain, NotAllowedToRun
from jobyard_server.runs.models import Component, JobResult, OutputFile
from jobyard_server.runs.output_files import content_of, delete_old_files, files_of, store_piece
from jobyard_server.runs.provenance import MASK, phases, provenance
from jobyard_server.scheduler.reaper import Reaper
from jobyard_server.worker.claims import claim_next, give_back

LEAVES = """
    from django.forms import PasswordInput
    from jobyard import Job, StringVar


    class Leaves(Job):
        class Meta:
            has_sensitive_variables = False

        who = StringVar(default="world")
        key = StringVar(widget=PasswordInput, required=False)

        def run(self, data, commit):
            self.progress(1, 2, "half of token=abcdefg")
            self.create_file("report.csv", "name\\n" * 300_000)
            self.create_file("empty", b"")
            return "{word} " + data["who"]
"""


def test_files_progress_and_provenance_of_a_run(service):
    service.publish(leaves=LEAVES.replace("{word}", "old"))

    result = service.run("leaves", "Leaves", {"who": "Ada", "key": "hunter22"}, commit=True)
    told = provenance(result)

    report, empty = files_of(result)
    assert b"".join(content_of(report)) == b"name\n" * 300_000
    assert (report.name, report.size, empty.name, empty.size) == ("report.csv", 1_500_000, "empty", 0)
    assert result.progress == {"done": 1, "total": 2, "message": "half of token=(redacted)"}
    assert told["inputs"] == {"who": "Ada", "key": MASK}
    assert told["code"]["snapshot"] == f"sha256:{result.revision.snapshot_digest}"
    assert told["executed_by"]["worker"] == str(result.worker)
    assert told["requested_by"]["user"] == "alice"
    assert told["outcome"]["files"][0] == {"name": "report.csv", "size": 1_500_000}
    assert all(seconds is not None and seconds >= 0 for seconds in phases(result).values())


def test_a_run_says_who_executes_it_from_its_claim_on_and_also_when_its_worker_is_lost(service):
    service.publish(leaves=LEAVES)
    result = service.submit("leaves", "Leaves")
    me = uuid.uuid4()

    claim = claim_next(me, ["default"])
    claimed = service.read(result).executed_by
    give_back(claim)
    waiting = service.read(result).executed_by
    claim_next(me, ["default"])
    JobResult.objects.filter(pk=result.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    reaper = Reaper()
    reaper._trusts_leases_from = 0.0
    reaper.reap()
    lost = service.read(result)

    assert claimed == {
        "worker": str(me),
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "version": version("jobyard"),
    }
    assert waiting == {}
    assert (lost.status_reason, lost.executed_by) == ("worker_lost", claimed)


def test_a_worker_shows_which_code_it_has(service):
    service.publish(leaves=LEAVES)

    result = service.run("leaves", "Leaves")

    assert Component.objects.get(pk=result.worker).revisions == [result.revision.snapshot_digest]


def test_a_run_is_repeated_with_the_code_of_then_or_of_now(service):
    service.publish(leaves=LEAVES.replace("{word}", "old"))
    first = service.run("leaves", "Leaves", {"who": "Ada"}, commit=True)
    service.publish(leaves=LEAVES.replace("{word}", "new"))

    same = service.finish(again.run_again(first, service.user, revision=again.SAME))
    latest = service.finish(again.run_again(first, service.user))

    assert (same.output, latest.output) == ("\nold Ada", "\nnew Ada")
    assert same.revision == first.revision
    assert (same.commit, latest.commit) == (True, True)


def test_a_run_that_kept_no_inputs_cannot_be_repeated(service):
    service.publish(
        leaves=LEAVES.replace("has_sensitive_variables = False", "has_sensitive_variables = True")
    )
    first = service.run("leaves", "Leaves", {"who": "Ada"})

    with pytest.raises(CannotRunAgain, match="inputs of this run were not kept"):
        again.run_again(first, service.user)

    assert provenance(first)["inputs"] == MASK


def test_code_that_is_gone_is_said_to_be_gone(service):
    service.publish(leaves=LEAVES)
    first = service.run("leaves", "Leaves")
    Revision.objects.filter(pk=first.revision_id).update(is_kept=False)
    first = service.read(first)

    with pytest.raises(CannotRunAgain, match="no longer kept"):
        again.run_again(first, service.user, revision=again.SAME)


def test_repeating_needs_the_permission_to_run(service, django_user_model):
    service.publish(leaves=LEAVES)
    first = service.run("leaves", "Leaves")

    with pytest.raises(NotAllowedToRun):
        again.run_again(first, django_user_model.objects.create(username="charlie"))


@pytest.mark.parametrize(
    "piece",
    [
        FilePiece(number=0, name="a", data="", is_last=True),
        FilePiece(number=1_000_000, name="a", data="", is_last=True),
        FilePiece(number=1, name="../a", data="", is_last=True),
        FilePiece(number=1, name="a", data="no base64!", is_last=True),
        FilePiece(number=1, name="a", data="A" * 2_000_000, is_last=True),
    ],
)
def test_pieces_that_go_around_the_limits_are_left_out(service, piece):
    service.publish(leaves=LEAVES)
    result = service.submit("leaves", "Leaves")

    store_piece(result.pk, piece)

    assert not result.output_files.exists()


def test_a_file_that_never_came_to_its_end_is_not_shown(service, settings):
    service.publish(leaves=LEAVES)
    result = service.submit("leaves", "Leaves")

    store_piece(result.pk, FilePiece(number=1, name="half", data="YQ==", is_last=False))

    assert not files_of(result).exists()


def test_files_beyond_their_age_are_deleted(service, settings):
    service.publish(leaves=LEAVES)
    result = service.run("leaves", "Leaves")
    settings.JOBYARD = {**settings.JOBYARD, "OUTPUT_FILE_DAYS": 1}
    OutputFile.objects.filter(name="empty").update(created=timezone.now() - timedelta(days=2))

    assert delete_old_files() == 1
    assert [file.name for file in files_of(JobResult.objects.get(pk=result.pk))] == ["report.csv"]
