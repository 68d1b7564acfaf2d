"""Under which rules a revision is put into service, and what its timeline says about the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from jobyard_server.access.models import User
from jobyard_server.registry.errors import NeedsConfirmation, StrictlyRefused
from jobyard_server.registry.history_models import SYNC, HeldPush
from jobyard_server.registry.models import Revision, Source
from jobyard_server.registry.published import Published
from jobyard_server.runs.models import JobResult

FEW = 1  #: So many jobs may always vanish: deleting one job is everyday work, also in a small repository.


@dataclass(frozen=True, kw_only=True)
class FileChange:
    """A file that differs between two revisions."""

    kind: str  #: ``Addition``, ``Modification``, ``Deletion`` or ``Rename``.
    path: str  #: In the newer one; of a deletion in the older one.
    old_path: str = ""  #: Of a rename.


def compare_files(old: Mapping[str, str], new: Mapping[str, str]) -> list[FileChange]:
    """
    What differs between two trees, by path; without renames, which only git looks for.

    Args:
        old: Hash of each file by its path; of nothing when it is not known.
        new: Likewise.
    """
    if not old:
        return []
    kinds = {
        **{path: "Deletion" for path in old if path not in new},
        **{path: "Addition" for path in new if path not in old},
        **{path: "Modification" for path in new if path in old and old[path] != new[path]},
    }
    return [FileChange(kind=kinds[path], path=path) for path in sorted(kinds)]


@dataclass(frozen=True, kw_only=True)
class PublishTerms:
    """The defaults are those of folders and plugins: no rule, nobody in particular."""

    is_strict: bool = False  #: All modules load, or nothing is published.
    removal_limit: float | None = None  #: Share of the jobs, 0 to 1; more needs a confirmation.
    cause: str = SYNC  #: One of ``history_models.CAUSES``.
    user: User | None = None
    result: JobResult | None = None
    files: Sequence[FileChange] = ()  #: Against the revision that was in service.

    def check(self, source: Source, revision: Revision, published: Published) -> None:
        """
        Let pass what the rules allow.

        Raises:
            StrictlyRefused, NeedsConfirmation: And the transaction around this must be undone.
        """
        if self.is_strict and published.failed:
            raise StrictlyRefused(published)
        if self._removes_too_much(published) and not _is_confirmed(source, revision):
            raise NeedsConfirmation(published)

    def _removes_too_much(self, published: Published) -> bool:
        if self.removal_limit is None:
            return False
        return len(published.removed) > max(FEW, self.removal_limit * published.job_count)


def _is_confirmed(source: Source, revision: Revision) -> bool:
    held = HeldPush.objects.filter(source=source, revision=revision, confirmed_at__isnull=False)
    return held.exists()
