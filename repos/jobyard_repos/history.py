"""Look at commits that a mirror already holds: no network, no credentials, nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from jobyard_repos.commit import Commit, parse_commit
from jobyard_repos.errors import RevisionNotFound, SnapshotError
from jobyard_repos.hardened import local_call
from jobyard_repos.limits import TreeLimits
from jobyard_repos.notes import Notes
from jobyard_repos.objects import ObjectReader
from jobyard_repos.refs import is_commit_id
from jobyard_repos.tree import list_tree

__all__ = [
    "ChangedFile",
    "changed_files",
    "commits_since",
    "is_ancestor",
    "is_shallow",
    "read_commit",
    "read_files",
    "tree_files",
]

TIMEOUT_SECONDS = 30.0
_LARGEST_COMMIT_BYTES = 10 * 1024 * 1024
_KINDS = {"A": "Addition", "M": "Modification", "D": "Deletion", "R": "Rename", "T": "Modification"}


@dataclass(frozen=True, kw_only=True)
class ChangedFile:
    """A file that differs between two commits."""

    kind: str  #: ``Addition``, ``Modification``, ``Deletion`` or ``Rename``.
    path: str  #: In the newer commit; of a deletion in the older one.
    old_path: str = ""  #: Of a rename.


def read_commit(mirror: Path, commit_id: str) -> Commit:
    """
    A commit by its full id.

    Raises:
        RevisionNotFound: The mirror does not have it.
    """
    if not is_commit_id(commit_id) or not mirror.is_dir():
        raise RevisionNotFound(f"The mirror lacks the commit {commit_id[:70]}; fetch again.")
    with ObjectReader(mirror, largest_bytes=_LARGEST_COMMIT_BYTES, timeout_seconds=TIMEOUT_SECONDS) as reader:
        found = reader.read(commit_id)
    return parse_commit(found.id, found.data)


def is_ancestor(mirror: Path, older: str, newer: str) -> bool:
    """Whether *older* is in the history of *newer*, as far as the mirror knows it; a commit is in its own."""
    with local_call(
        mirror, "merge-base", "--is-ancestor", older, newer, timeout_seconds=TIMEOUT_SECONDS, stdout=False
    ) as process:
        return process.wait() == 0


def is_shallow(mirror: Path) -> bool:
    """Whether the mirror holds the history of its commits in part only."""
    return (mirror / "shallow").exists()


def commits_since(mirror: Path, older: str, newer: str, *, most: int) -> list[str]:
    """
    Every commit that leads to *newer* and not to *older*, merged side branches too; *newer* first.

    Args:
        mirror: Which is not shallow.
        older: Full commit id.
        newer: Likewise.
        most: Of them; one more is given when there are more.

    Raises:
        RevisionNotFound: The mirror lacks one of the two, or something between them.
        SnapshotError: git was not through in time.
    """
    command = ("rev-list", f"--max-count={most + 1}", "--end-of-options", newer, f"^{older}")
    with local_call(mirror, *command, timeout_seconds=TIMEOUT_SECONDS) as process:
        lines = process.stdout.read().decode("ascii", "replace").split()
        status = process.wait()
        if process.timed_out:
            raise SnapshotError("The history was not walked in time; try again.")
    if status != 0:
        raise RevisionNotFound(f"The commit {older} is not in the history that was fetched.")
    return lines


def changed_files(mirror: Path, older: str, newer: str) -> list[ChangedFile]:
    """
    What differs between two commits, with the renames that git sees; empty when one of them is not there.

    Raises:
        SnapshotError: git was not through in time.
    """
    options = ("-r", "-z", "-M", "--no-commit-id", "--name-status", "--no-ext-diff", "--no-textconv")
    with local_call(mirror, "diff-tree", *options, older, newer, timeout_seconds=TIMEOUT_SECONDS) as process:
        fields = process.stdout.read().split(b"\0")
        status = process.wait()
        if process.timed_out:
            raise SnapshotError("The two commits were not compared in time; try again.")
    return list(_changes(iter(fields))) if status == 0 else []


def tree_files(mirror: Path, commit_id: str, limits: TreeLimits) -> dict[str, str]:
    """
    Id of the blob of each file of a commit by its path; what no snapshot would hold is left out.

    Raises:
        RevisionNotFound, TreeRefused: As for a snapshot.
    """
    read_commit(mirror, commit_id)
    return {file.path: file.object_id for file in list_tree(mirror, commit_id, limits, Notes())}


def read_files(mirror: Path, object_ids: list[str], *, largest_bytes: int) -> list[bytes]:
    """
    The contents of blobs, in their order.

    Raises:
        RevisionNotFound: One is not there.
        TreeRefused: One is larger than the limit.
    """
    with ObjectReader(mirror, largest_bytes=largest_bytes, timeout_seconds=TIMEOUT_SECONDS) as reader:
        return [found.data for found in reader.read_all(object_ids)]


def _changes(fields: Iterator[bytes]) -> Iterator[ChangedFile]:
    for field in fields:
        letter = field[:1].decode(errors="replace")
        if letter not in _KINDS:
            continue
        paths = [item.decode(errors="replace") for item in islice(fields, 2 if letter == "R" else 1)]
        yield ChangedFile(kind=_KINDS[letter], path=paths[-1], old_path=paths[0] if letter == "R" else "")
