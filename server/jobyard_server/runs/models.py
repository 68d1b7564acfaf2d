"""
Runs and what they left behind. The database is the truth; the broker only wakes workers.

Every transition of a run is one conditional UPDATE in ``runs.transitions``; its row count is the answer.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from jobyard import events, statuses

DEFAULT_QUEUE = "default"


class Component(models.Model):
    """A running part of jobyard (web, sync, worker, scheduler), alive while its heartbeat is fresh."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20)
    hostname = models.CharField(max_length=255)
    pid = models.IntegerField()
    pid_space = models.CharField(max_length=100)  # processes of equal spaces can see each other's pid
    queues = models.JSONField(default=list)  # of a worker: the queues it takes runs from
    slots = models.IntegerField(default=0)  # of a worker: runs it supervises at once
    version = models.CharField(max_length=50, blank=True)  # of jobyard
    revisions = models.JSONField(default=list)  # of a worker: digests of the snapshots that it has checked
    started_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "extras"

    def __str__(self) -> str:
        return f"{self.kind} {self.hostname}:{self.pid}"


class JobResult(models.Model):
    """One run of a job (``obj_type`` extras.job) or one sync of a source (extras.gitrepository)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        max_length=400, db_index=True
    )  # canonical class path; for a sync the source's title
    obj_type = models.ForeignKey(ContentType, on_delete=models.PROTECT, related_name="+")
    job_model = models.ForeignKey(
        "extras.Job", null=True, blank=True, on_delete=models.SET_NULL, related_name="results"
    )
    source_model = models.ForeignKey(
        "extras.Source", null=True, blank=True, on_delete=models.SET_NULL, related_name="results"
    )  # of a sync: its source
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    status = models.CharField(
        max_length=20, choices=list(statuses.LABELS.items()), default=statuses.PENDING, db_index=True
    )
    status_reason = models.CharField(max_length=30, null=True, blank=True)

    created = models.DateTimeField(auto_now_add=True)
    started = models.DateTimeField(null=True, blank=True)
    completed = models.DateTimeField(null=True, blank=True)

    commit = models.BooleanField(default=True)  # effective flag
    data_committed = models.BooleanField(null=True, blank=True)  # null: not decided yet
    task_queue = models.CharField(max_length=64, default=DEFAULT_QUEUE)
    soft_time_limit = models.IntegerField(default=0)  # seconds; 0: the server's default
    time_limit = models.IntegerField(default=0)  # seconds; 0: the server's default
    inputs = models.JSONField(default=dict)  # validated, in queued form; erased at the end if sensitive
    request = models.JSONField(default=dict)  # what ``self.request`` is made of; never secrets
    has_sensitive_variables = models.BooleanField(default=True)

    is_profiled = models.BooleanField(default=False)  # its file says where the time of ``run`` went

    schedule = models.ForeignKey(
        "extras.ScheduledJob", null=True, blank=True, on_delete=models.SET_NULL, related_name="results"
    )  # what started it, when no person did

    job_hook = models.UUIDField(null=True, blank=True)  # key of the one that started it, which may be gone

    revision = models.ForeignKey(
        "extras.Revision", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )  # pinned when the run was accepted
    origin = models.JSONField(default=dict)  # {type, name, commit, path, digest}: what ran, never changed

    applies = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="applied_by"
    )  # the dry run whose plan this run was started to carry out
    approved_plan = models.CharField(max_length=64, blank=True)  # digest that its changes must have, or empty

    output = models.TextField(blank=True)
    console = models.TextField(blank=True)  # what the job printed; the start of it when there was much
    author_data = models.JSONField(default=dict)
    counters = models.JSONField(
        default=list
    )  # [{grouping, success, info, warning, failure}] in order of first sight; jsonb keeps no order of keys
    progress = models.JSONField(null=True, blank=True)  # {done, total, message}

    executed_by = models.JSONField(default=dict)  # {host, pid, version}: the worker, which may be gone by now
    timings = models.JSONField(default=dict)  # seconds by phase, as the job's own process saw them

    # Claim, fence, lease: docs/adr/0003.
    worker = models.UUIDField(null=True, blank=True)  # Component.id of the holder
    fence = models.IntegerField(default=0)
    claimed_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    cancel_requested = models.BooleanField(default=False)
    cancel_requested_by = models.CharField(max_length=150, blank=True)
    change_key = models.UUIDField(null=True, blank=True)  # of the claim; proves to the database who writes
    last_sent_at = models.DateTimeField(null=True, blank=True)
    times_sent = models.IntegerField(default=0)

    # Which runs may not be active at once, and which may be done again: docs/adr/0013.
    run_limit = models.IntegerField(default=0)  # runs of the job at once; 0: any number
    locks = ArrayField(models.TextField(), default=list)  # held from the claim to the end
    names_locks = models.BooleanField(default=False)  # its own code has still to name them
    max_retries = models.IntegerField(default=0)
    attempt = models.IntegerField(default=1)
    retry_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="retries"
    )  # the attempt before this one

    sandbox = models.JSONField(default=dict)  # what isolation.containment.shown says

    class Meta:
        app_label = "extras"
        ordering = ("-created",)
        indexes = [
            GinIndex(
                fields=["locks"], name="jobresult_locks", condition=models.Q(status__in=statuses.ACTIVE)
            ),
            models.Index(fields=["-created"], name="jobresult_newest"),
            models.Index(fields=["job_model", "-completed"], name="jobresult_newest_of_job"),
            models.Index(fields=["source_model", "-created"], name="jobresult_newest_of_source"),
            models.Index(
                fields=["created"],
                name="jobresult_active",
                condition=models.Q(status__in=statuses.ACTIVE),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_terminal(self) -> bool:
        return self.status in statuses.TERMINAL

    @property
    def totals(self) -> dict[str, int]:
        """Counters over all groups."""
        return {level: sum(group[level] for group in self.counters) for level in events.COUNTED_LEVELS}

    @property
    def row_count(self) -> int:
        """Log rows, without asking for them."""
        return sum(int(group.get("rows", 0)) for group in self.counters)

    @property
    def duration(self) -> str | None:
        """``{minutes} minutes, {seconds} seconds`` from created to completed; None before the end."""
        if self.completed is None:
            return None
        minutes, seconds = divmod((self.completed - self.created).total_seconds(), 60)
        return f"{int(minutes)} minutes, {seconds:.2f} seconds"

    def get_absolute_url(self) -> str:
        return f"/extras/jobs/results/{self.pk}/"


class JobLogEntry(models.Model):
    """One log row. ``sequence`` is the order of the calls within its run."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job_result = models.ForeignKey(JobResult, on_delete=models.CASCADE, related_name="logs")
    sequence = models.BigIntegerField()
    created = models.DateTimeField()
    grouping = models.CharField(max_length=100, default="main")
    log_level = models.CharField(max_length=10, default=events.DEFAULT)
    log_object = models.CharField(max_length=200, null=True, blank=True)
    absolute_url = models.CharField(max_length=255, null=True, blank=True)
    message = models.TextField(blank=True)

    class Meta:
        app_label = "extras"
        ordering = ("job_result", "sequence")
        constraints = [
            models.UniqueConstraint(fields=["job_result", "sequence"], name="log_rows_have_an_order")
        ]
        indexes = [
            # The rare rows among very many: what one looks for in a long log.
            models.Index(
                fields=["job_result", "log_level", "sequence"],
                name="joblogentry_remarkable",
                condition=models.Q(log_level__in=[events.WARNING, events.FAILURE]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.log_level}: {self.message}"


class OutputFile(models.Model):
    """A file that a run left for people to download. The bytes are in chunks of at most 1 MiB."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job_result = models.ForeignKey(JobResult, on_delete=models.CASCADE, related_name="output_files")
    number = models.IntegerField()  # within its run, from 1
    name = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)  # bytes
    is_complete = models.BooleanField(default=False)  # shown to nobody before
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "extras"
        ordering = ("job_result", "number")
        constraints = [
            models.UniqueConstraint(fields=["job_result", "number"], name="output_files_have_an_order")
        ]
        indexes = [models.Index(fields=["created"], name="outputfile_oldest")]

    def __str__(self) -> str:
        return self.name


class OutputFileChunk(models.Model):
    """A piece of an output file."""

    file = models.ForeignKey(OutputFile, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()  # from 0
    content = models.BinaryField()

    class Meta:
        app_label = "extras"
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="output_chunks_have_an_order")]


class InputFile(models.Model):
    """An uploaded input file, kept until its run ends or is denied. The bytes are in chunks of 1 MiB."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    job_result = models.ForeignKey(
        JobResult, null=True, blank=True, on_delete=models.CASCADE, related_name="input_files"
    )
    schedule = models.ForeignKey(
        "extras.ScheduledJob", null=True, blank=True, on_delete=models.CASCADE, related_name="input_files"
    )  # until its run is accepted
    variable = models.CharField(max_length=100)
    name = models.CharField(max_length=255)  # base name only
    content_type = models.CharField(max_length=255, blank=True)
    size = models.BigIntegerField()  # bytes

    class Meta:
        app_label = "extras"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(job_result__isnull=True) ^ models.Q(schedule__isnull=True),
                name="input_files_have_one_owner",
            )
        ]

    def __str__(self) -> str:
        return self.name


class InputFileChunk(models.Model):
    """A piece of an input file."""

    file = models.ForeignKey(InputFile, on_delete=models.CASCADE, related_name="chunks")
    number = models.IntegerField()  # from 0
    content = models.BinaryField()

    class Meta:
        app_label = "extras"
        ordering = ("number",)
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="chunks_have_an_order")]


def log_row(entry: JobLogEntry) -> list[Any]:
    """``[time, level, object, url, message]``: a row in the 1.1 layout of result data."""
    return [entry.created.isoformat(), entry.log_level, entry.log_object, entry.absolute_url, entry.message]


class RunKey(models.Model):
    """An ``Idempotency-Key`` of a run request, and what it stands for: a run or a schedule."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey("extras.Job", on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    body_digest = models.CharField(max_length=64)  # SHA-256: the same key must come with the same request
    job_result = models.ForeignKey(JobResult, null=True, on_delete=models.CASCADE, related_name="+")
    schedule = models.ForeignKey("extras.ScheduledJob", null=True, on_delete=models.CASCADE, related_name="+")
    created = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        app_label = "extras"
        constraints = [models.UniqueConstraint(fields=["user", "job", "key"], name="run_key_is_used_once")]

    def __str__(self) -> str:
        return f"{self.key} of {self.user}"
