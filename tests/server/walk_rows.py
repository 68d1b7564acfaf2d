"""A row behind every address with an id, so that the table tells more than that nothing is there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.utils import timezone
from tests.server.api.cast import result_of
from tests.server.inventory.cast import Lab

from jobyard.spec import JobSpec
from jobyard_server.access.audit import record
from jobyard_server.access.models import AuditEvent, ObjectPermission, User
from jobyard_server.access.tokens import create_token
from jobyard_server.changes.models import ObjectChange
from jobyard_server.inventory.extras.models import ImageAttachment
from jobyard_server.presets.models import JobPreset
from jobyard_server.registry.models import Job, Revision, Source
from jobyard_server.registry.remote_models import HostKey
from jobyard_server.registry.trust_models import TrustedKey
from jobyard_server.runs.models import JobLogEntry, JobResult, OutputFile, OutputFileChunk
from jobyard_server.schedules.models import PENDING, ScheduledJob
from jobyard_server.webhooks.hooks import create_hook
from jobyard_server.webhooks.models import WebhookDelivery

KEY = "AAAAC3NzaC1lZDI1NTE5AAAAIJ0000000000000000000000000000000000000000000"
DOT = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def make_rows(job: Job, source: Source, admin: User, nobody: User) -> dict[str, Any]:
    """Ids by the segment of the address before them; of results the one that belongs to *admin*."""
    result = result_of(job, user=admin)
    return {
        **_about_jobs(job, result, admin),
        **_about_remotes(source),
        **_about_accounts(admin, nobody),
        **_inventory(admin),
        "jobs": job.pk,
        "job-results": result.pk,
        "results": result.pk,
        "git-repositories": source.git_repository_id,
        "revisions": job.module.revision_id,
        "rollback": Revision.objects.create(source=source, identifier="d" * 40, snapshot_digest="d" * 64).pk,
    }


def _about_jobs(job: Job, result: JobResult, admin: User) -> dict[str, Any]:
    file = OutputFile.objects.create(job_result=result, number=1, name="walked.txt", size=6, is_complete=True)
    OutputFileChunk.objects.create(file=file, number=0, content=b"walked")
    row = JobLogEntry.objects.create(
        job_result=result, sequence=1, created=timezone.now(), grouping="run", message="walked"
    )
    request = ScheduledJob.objects.create(
        name="Walked", job_model=job, user=admin, interval="immediately", start_time=timezone.now(),
        time_zone="UTC", approval_required=True, approval=PENDING, revision=job.module.revision,
    )  # fmt: skip
    preset = JobPreset.objects.create(job_model=job, user=admin, name="walked", commit=False)
    found = {"files": file.pk, "job-logs": row.pk, "scheduled-jobs": request.pk}
    return {**found, "job-presets": preset.pk}


def _about_remotes(source: Source) -> dict[str, Any]:
    hook, _secret = create_hook(source.git_repository, provider="github")
    call = WebhookDelivery.objects.create(webhook=hook, delivery_id="walked", outcome="ignored")
    host = HostKey.objects.create(
        host="git.example.com", kind="ssh-ed25519", key=KEY, fingerprint="SHA256:walked"
    )
    trusted = TrustedKey.objects.create(
        principal="walked", kind="SSH", key=f"ssh-ed25519 {KEY}", fingerprint="SHA256:walked"
    )
    hooks = dict.fromkeys(("webhooks", "hooks"), hook.pk)
    return {**hooks, "webhook-deliveries": call.pk, "host-keys": host.pk, "trusted-keys": trusted.pk}


def _about_accounts(admin: User, nobody: User) -> dict[str, Any]:
    record("walked", user=admin)
    return {
        "users": nobody.pk,
        "groups": Group.objects.create(name="walkers").pk,
        "permissions": ObjectPermission.objects.order_by("name")[0].pk,
        "tokens": create_token(admin).token.pk,
        "audit-events": AuditEvent.objects.order_by("pk")[0].pk,
    }


def _inventory(admin: User) -> dict[str, Any]:
    lab = Lab()
    kind = ContentType.objects.get_for_model(lab.site)
    change = ObjectChange.objects.filter(changed_object_id=lab.site.pk).first()
    assert change is not None
    picture = ImageAttachment(content_type=kind, object_id=lab.site.pk, name="walked")
    picture.image.save("walked.gif", ContentFile(DOT), save=False)
    picture.save()
    del admin
    return {"sites": lab.site.pk, "object-changes": change.pk, "image-attachments": picture.pk}


def open_and_shut() -> tuple[JobSpec, JobSpec]:
    """The job that somebody may run, and one that only its neighbour's readers must not see."""
    opened = JobSpec(
        module="walk", class_name="Open", name="Open", grouping="walk", path="walk.py", has_run=True
    )
    return opened, replace(opened, class_name="Shut", name="Shut")
