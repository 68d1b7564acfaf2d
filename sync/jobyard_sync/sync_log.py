"""The rows in the log of a sync. Their texts are part of the contract with clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from jobyard.events import FAILURE, INFO, SUCCESS, WARNING, LogRow
from jobyard.job_files import ROOT, JobFiles
from jobyard.spec import LoadError, ModuleReport
from jobyard_server.registry.errors import NotPublished
from jobyard_server.registry.history_models import PIN, ROLLBACK
from jobyard_server.registry.models import Job
from jobyard_server.registry.publish_terms import FileChange
from jobyard_server.registry.published import Published
from jobyard_server.registry.quarantine import why_in_quarantine
from jobyard_sync.resolving import Resolved

JOBS = "jobs"  #: Group of the rows about modules and jobs; the others are in ``main``.


def begun(name: str) -> LogRow:
    return LogRow(message=f'Creating/refreshing local copy of Git repository "{name}"...')


def fetched(name: str, commit_id: str, notes: Iterable[str]) -> list[LogRow]:
    """*notes*: what a person should know about the way here and about what the snapshot lacks."""
    return [
        LogRow(message="Repository successfully refreshed", level=SUCCESS),
        LogRow(message=f'The current Git repository hash is "{commit_id}"', level=INFO),
        *(LogRow(message=note, level=WARNING) for note in notes),
        LogRow(message=f"Refreshing data provided by {name}...", level=INFO),
    ]


def refreshing_jobs() -> LogRow:
    return LogRow(message="Refreshing jobs...", level=INFO)


def not_read(content: str) -> LogRow:
    return LogRow(message=f"{content} is noted; jobyard reads extras.job only.", level=INFO)


def unchanged() -> LogRow:
    return LogRow(message="Nothing has changed since the last sync; no module was read again.", level=INFO)


def decided(resolved: Resolved) -> Iterator[LogRow]:
    """Why another commit than that of the branch is in service."""
    if resolved.cause == PIN:
        yield LogRow(message="This commit is pinned; it stays until somebody unpins it.", level=INFO)
    elif resolved.quarantine is not None and resolved.tip is not None:
        yield LogRow(
            message=f"{why_in_quarantine(resolved.quarantine)} The branch means {resolved.tip.id[:12]} now,"
            f" so {resolved.commit.id[:12]} stays in service until a newer commit comes.",
            level=WARNING,
        )
    elif resolved.cause == ROLLBACK:
        yield LogRow(message="This commit is rolled back to; no remote was asked.", level=INFO)


def about_folders(found: JobFiles) -> Iterator[LogRow]:
    """What is odd about the folders of job files."""
    for path in found.missing:
        yield LogRow(
            message=f"No `{path}` subdirectory found in Git repository", level=WARNING, grouping=JOBS
        )
    for path in found.without_init:
        if path != ROOT:
            yield LogRow(
                message=f"`{path}/__init__.py` does not exist; it is taken as empty.",
                level=WARNING,
                grouping=JOBS,
            )
    for loser, winner in found.hidden:
        yield LogRow(
            message=f"`{loser.path}` is not listed: `{winner.path}` has the same module name; rename one.",
            level=WARNING,
            grouping=JOBS,
        )


def about_dependencies(sentences: Iterable[str]) -> Iterator[LogRow]:
    """Packages that the jobs of a source want."""
    for sentence in sentences:
        yield LogRow(message=sentence, level=INFO, grouping=JOBS)


def published_rows(published: Published, reports: Iterable[ModuleReport]) -> Iterator[LogRow]:
    """What became of each job and module."""
    for job in published.created:
        yield _job_row("Created Job record", SUCCESS, job)
    for job in published.refreshed:
        yield _job_row("Refreshed Job record", SUCCESS, job)
    for item in published.renamed:
        yield _module_row(f"`{item.before}` is `{item.job.class_path}` now: its file was renamed", INFO)
    for job in published.removed:
        yield _job_row("Marking Job record as no longer installed", WARNING, job)
    for report in published.failed:
        if report.error is not None:
            yield _module_row(_load_error(report.module, report.error), FAILURE)
    for kept in published.kept:
        yield _module_row(f"Keeping `{kept.module}` at commit {kept.commit}", WARNING)
    if published.unchanged:
        count = len(published.unchanged)
        modules = "1 module" if count == 1 else f"{count} modules"
        yield _module_row(f"Nothing has changed for {modules}; not read again.", INFO)
    yield from _broken_input_rows(published)
    for report in reports:
        warnings = [*report.warnings, *(text for job in report.jobs for text in job.warnings)]
        yield from (_module_row(f"`{report.module}`: {text}", WARNING) for text in warnings)


def trying(name: str) -> LogRow:
    return LogRow(message=f'Running a Dry Run on Git repository "{name}"...')


def tried_rows(
    published: Published, refusal: NotPublished | None, files: Sequence[FileChange]
) -> Iterator[LogRow]:
    """What a sync would do to files, jobs and modules."""
    for item in files:
        yield LogRow(message=f"{item.kind} - `{item.path}`", level=INFO)
    if not files:
        yield LogRow(message="Repository has no changes", level=INFO)
    for job in published.created:
        yield _job_row("Would create Job record", INFO, job)
    for changed in published.changed:
        yield _job_row("Would change Job record", INFO, changed.job)
    for job in published.removed:
        yield _job_row("Would mark Job record as no longer installed", WARNING, job)
    for report in published.failed:
        if report.error is not None:
            yield _module_row(_load_error(report.module, report.error), FAILURE)
    yield from _broken_input_rows(published)
    if refusal is not None:
        yield LogRow(message=f"This is what would be told then: {refusal}", level=WARNING)


def tried(seconds: float) -> list[LogRow]:
    return [
        LogRow(message="Repository dry run successful", level=SUCCESS),
        LogRow(message=f"Repository dry run completed in {_duration(seconds)}", level=INFO),
    ]


def unpublished_rows(refusal: NotPublished) -> Iterator[LogRow]:
    """Why a commit was kept out of service, and by what."""
    published = refusal.published
    yield LogRow(message=str(refusal), level=FAILURE)
    for job in published.removed:
        yield _job_row("Would mark Job record as no longer installed", WARNING, job)
    for report in published.failed:
        if report.error is not None:
            yield _module_row(_load_error(report.module, report.error), FAILURE)
    yield from _broken_input_rows(published)


def completed(name: str, seconds: float) -> list[LogRow]:
    return [
        LogRow(message=f"Data refresh from {name} complete!", level=INFO),
        LogRow(message=f"Repository synchronization completed in {_duration(seconds)}", level=INFO),
    ]


def failed(name: str, sentence: str) -> LogRow:
    return LogRow(message=f"Error while refreshing {name}: {sentence}", level=FAILURE)


def _broken_input_rows(published: Published) -> Iterator[LogRow]:
    names = {str(item.job.pk): item.job.class_path for item in published.changed}
    for item in published.broken_inputs:
        what = "; ".join(f"{name}: {' '.join(texts)}" for name, texts in item["errors"].items())
        yield _module_row(f"`{names.get(item['job'], '')}` would refuse {item['what']} now: {what}", WARNING)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes)} minutes, {rest:.2f} seconds"


def _job_row(message: str, level: str, job: Job) -> LogRow:
    return LogRow(
        message=message, level=level, grouping=JOBS, object_text=job.name, object_url=job.get_absolute_url()
    )


def _module_row(message: str, level: str) -> LogRow:
    return LogRow(message=message, level=level, grouping=JOBS)


def _load_error(module: str, error: LoadError) -> str:
    place = f"{error.path}, line {error.line}" if error.line else error.path
    traceback = f"```\n{error.traceback.rstrip()}\n```" if error.traceback else ""
    lines = [f"Error in loading Jobs from `{module}`: `{error.message}`", place, traceback]
    return "\n".join(line for line in lines if line)
