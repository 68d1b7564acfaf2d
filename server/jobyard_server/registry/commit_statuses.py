"""What forges are told about commits: a queue in the database, so that a failing forge delays no sync."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from jobyard import statuses
from jobyard_server.registry.models import GitRepository, Job, Module, Revision, Source
from jobyard_server.registry.report_models import CommitStatus
from jobyard_server.runs.models import JobResult

SUCCESS, FAILURE, ERROR = "success", "failure", "error"
MOST_ATTEMPTS = 8
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=10), timedelta(hours=1)
_LONGEST = 140  # characters: the least of what the forges show


def report_sync(result: JobResult) -> None:
    """Put the outcome of a sync into the queue, if its repository wants that."""
    source = Source.objects.select_related("git_repository", "revision").get(results=result)
    repository, revision = source.git_repository, source.revision
    if repository is None or not _is_wanted(repository) or revision is None:
        return
    if result.status in {statuses.COMPLETED, statuses.FAILED}:
        state, description = _outcome(source, revision.identifier)
        _put(repository, revision.identifier, state, description)


def report_refusal(repository: GitRepository, commit: str, sentence: str) -> None:
    """A commit that was not let in."""
    if _is_wanted(repository):
        _put(repository, commit, ERROR, sentence)


def due_statuses(*, most: int) -> list[CommitStatus]:
    rows = CommitStatus.objects.filter(next_try__lte=timezone.now()).order_by("next_try")
    return list(rows.select_related("repository")[:most])


def claim_status(row: CommitStatus) -> bool:
    """Take this try; False when another daemon did, or there is a newer word about the commit."""
    ours = CommitStatus.objects.filter(pk=row.pk, next_try=row.next_try)
    row.attempts += 1
    row.next_try = _next_try(row.attempts)
    return bool(ours.update(attempts=row.attempts, next_try=row.next_try))


def note_sent(row: CommitStatus) -> None:
    _ours(row).update(sent_at=timezone.now(), next_try=None, error="")


def note_not_sent(row: CommitStatus, sentence: str, *, is_final: bool) -> None:
    """The next try comes by itself, unless trying again cannot help."""
    _ours(row).update(error=sentence, **({"next_try": None} if is_final else {}))


def _ours(row: CommitStatus) -> QuerySet[CommitStatus]:
    """Unless it was replaced by a newer word meanwhile, which begins to count anew."""
    return CommitStatus.objects.filter(pk=row.pk, attempts=row.attempts)


def _next_try(attempts: int) -> datetime | None:
    if attempts >= MOST_ATTEMPTS:
        return None
    wait: timedelta = min(_FIRST_WAIT * int(2 ** (attempts - 1)), _LONGEST_WAIT)
    return timezone.now() + wait


def _is_wanted(repository: GitRepository) -> bool:
    return bool(repository.report_to and repository.report_token_encrypted)


def _outcome(source: Source, commit: str) -> tuple[str, str]:
    """New errors only: what was broken before this commit is not its fault."""
    jobs = Job.objects.filter(module__source=source, installed=True).count()
    broken = Module.objects.filter(source=source, is_installed=True, load_error__isnull=False)
    new = [module.path for module in broken if (module.load_error or {}).get("commit") == commit]
    counted = f"{jobs} job{'' if jobs == 1 else 's'}"
    if new:
        return FAILURE, f"{counted}; {len(new)} new error{'' if len(new) == 1 else 's'}: {', '.join(new)}"
    old = len(broken)
    return SUCCESS, f"{counted}; {old} older error{'' if old == 1 else 's'}" if old else counted


def _put(repository: GitRepository, commit: str, state: str, description: str) -> None:
    values = {
        "state": state,
        "description": description if len(description) <= _LONGEST else f"{description[: _LONGEST - 1]}…",
        "link": _link(repository, commit),
    }
    known = CommitStatus.objects.filter(repository=repository, commit=commit, **values)
    if known.exists():
        return  # the forge shows this already, or will
    waiting = {"attempts": 0, "next_try": timezone.now(), "sent_at": None, "error": ""}
    CommitStatus.objects.update_or_create(
        repository=repository, commit=commit, defaults={**values, **waiting}
    )


def _link(repository: GitRepository, commit: str) -> str:
    """Empty without BASE_URL: an address that only this machine knows helps nobody."""
    base = settings.JOBYARD["BASE_URL"]
    if not base:
        return ""
    revision = Revision.objects.filter(source__git_repository=repository, identifier=commit).first()
    page = f"/extras/revisions/{revision.pk}/" if revision else repository.get_absolute_url()
    return f"{base.rstrip('/')}{page}"[:300]
