"""The rows in the log of a sync. Their texts are part of the contract with clients."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from jobyard.events import FAILURE, INFO, SUCCESS, WARNING, LogRow
from jobyard.spec import LoadError, ModuleReport
from jobyard_server.registry.models import Job
from jobyard_server.registry.published import Published

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


def no_jobs_folder() -> LogRow:
    return LogRow(message="No `jobs` subdirectory found in Git repository", level=WARNING, grouping=JOBS)


def no_init_file() -> LogRow:
    return LogRow(
        message="`jobs/__init__.py` does not exist; it is taken as empty.", level=WARNING, grouping=JOBS
    )


def published_rows(published: Published, reports: Iterable[ModuleReport]) -> Iterator[LogRow]:
    """What became of each job and module."""
    for job in published.created:
        yield _job_row("Created Job record", SUCCESS, job)
    for job in published.refreshed:
        yield _job_row("Refreshed Job record", SUCCESS, job)
    for job in published.removed:
        yield _job_row("Marking Job record as no longer installed", WARNING, job)
    for report in published.failed:
        if report.error is not None:
            yield _module_row(_load_error(report.module, report.error), FAILURE)
    for kept in published.kept:
        yield _module_row(f"Keeping `{kept.module}` at commit {kept.commit}", WARNING)
    for report in reports:
        warnings = [*report.warnings, *(text for job in report.jobs for text in job.warnings)]
        yield from (_module_row(f"`{report.module}`: {text}", WARNING) for text in warnings)


def completed(name: str, seconds: float) -> list[LogRow]:
    minutes, rest = divmod(seconds, 60)
    duration = f"{int(minutes)} minutes, {rest:.2f} seconds"
    return [
        LogRow(message=f"Data refresh from {name} complete!", level=INFO),
        LogRow(message=f"Repository synchronization completed in {duration}", level=INFO),
    ]


def failed(name: str, sentence: str) -> LogRow:
    return LogRow(message=f"Error while refreshing {name}: {sentence}", level=FAILURE)


def _job_row(message: str, level: str, job: Job) -> LogRow:
    return LogRow(
        message=message, level=level, grouping=JOBS, object_text=job.name, object_url=job.get_absolute_url()
    )


def _module_row(message: str, level: str) -> LogRow:
    return LogRow(message=message, level=level, grouping=JOBS)


def _load_error(module: str, error: LoadError) -> str:
    place = f"{error.path}, line {error.line}" if error.line else error.path
    lines = [f"Error in loading Jobs from `{module}`: `{error.message}`", place, error.traceback]
    return "\n".join(line for line in lines if line)
