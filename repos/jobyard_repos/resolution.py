"""What a branch, a tag or a commit id means on a remote right now, with its objects in the mirror."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from jobyard_repos.commit import Commit, parse_commit
from jobyard_repos.errors import FetchError, RevisionNotFound, UnknownBranch
from jobyard_repos.hardened import local_call
from jobyard_repos.objects import GitObject, ObjectReader
from jobyard_repos.refs import is_commit_id
from jobyard_repos.remotes import RemoteUrl
from jobyard_repos.transport import MissingRef, RemoteCalls

_LARGEST_COMMIT_BYTES = 10 * 1024 * 1024
_MOST_TAGS = 5  # a tag may point to a tag; honest ones do so once


class Resolution:
    """
    One look at a remote, in a fixed order: full commit id, then branch, then tag.

    git is always given full names; its own guessing would take a tag for a branch.

    Args:
        mirror: Receives the objects.
        calls: To the remote.
        whole: Bring the whole history of what is found, not only its newest commit.
    """

    def __init__(self, mirror: Path, calls: RemoteCalls, *, whole: bool = False) -> None:
        self._mirror = mirror
        self._calls = calls
        self._whole = whole

    def find(self, name: str) -> Commit:
        """
        The commit that *name* means, fetched.

        Raises:
            UnknownBranch: The remote has neither branch nor tag of that name.
            RevisionNotFound: The mirror is damaged.
            FetchError: Anything else.
        """
        return self._find_commit(name) if is_commit_id(name) else self._find_ref(name)

    def _find_ref(self, name: str) -> Commit:
        # Asking for the branch at once costs one round less than listing the refs before, on every
        # push; only what is no branch costs a second call.
        for kind in ("heads", "tags"):
            target = _own_ref(self._calls.remote, f"refs/{kind}/{name}")
            is_first = not (self._mirror / target).exists()
            try:
                self._bring(f"+refs/{kind}/{name}:{target}", is_first=is_first)
            except MissingRef:
                continue
            return self._read(target, self._doubts(name) if is_first and kind == "heads" else ())
        raise UnknownBranch(name)

    def _bring(self, refspec: str, *, is_first: bool) -> None:
        if self._whole:
            self._calls.fetch(refspec, unshallow=self._is_shallow)
        else:
            # Later without depth: into a shallow mirror too the server then sends just what is new.
            self._calls.fetch(refspec, depth=1 if is_first else None)

    @property
    def _is_shallow(self) -> bool:
        return (self._mirror / "shallow").exists()

    def _doubts(self, name: str) -> tuple[str, ...]:
        """Looked up when a branch is new here, that is when somebody chose it."""
        if self._calls.has_ref(f"refs/tags/{name}"):
            return (f"The remote has a branch and a tag named '{name}'; the branch is used.",)
        return ()

    def _find_commit(self, commit_id: str) -> Commit:
        target = _own_ref(self._calls.remote, commit_id)
        if not (self._mirror / target).exists():
            self._adopt(commit_id, target)
        return self._read(target)

    def _adopt(self, commit_id: str, target: str) -> None:
        """Keep a commit under a ref of ours, if a branch or a tag of the remote leads to it."""
        # The server would hand out any commit by its id, of a forge also those of every fork.
        everything = f"{_own_ref(self._calls.remote, 'everything')}-all"
        self._calls.fetch_all(everything, unshallow=self._is_shallow)
        if not self._local("for-each-ref", "--count=1", f"--contains={commit_id}", everything):
            raise FetchError(
                f"The commit {commit_id} is in no branch and no tag of {self._calls.remote}; push it, or "
                "choose another one.",
                kind="unknown_branch",
                permanent=True,
            )
        self._local("update-ref", target, commit_id)

    def _local(self, *command: str) -> bytes:
        remaining = self._calls.deadline.remaining()
        with local_call(self._mirror, *command, timeout_seconds=remaining) as process:
            output = process.stdout.read()
            process.wait()
        return output

    def _read(self, ref: str, notes: tuple[str, ...] = ()) -> Commit:
        remaining = self._calls.deadline.remaining()
        with ObjectReader(
            self._mirror, largest_bytes=_LARGEST_COMMIT_BYTES, timeout_seconds=remaining
        ) as reader:
            first = reader.read(ref)
            found = _peel(reader, first)
        commit = parse_commit(found.id, found.data, (*self._calls.notes, *notes))
        return replace(commit, tag=first.id if first.kind == "tag" else "")


def _peel(reader: ObjectReader, found: GitObject) -> GitObject:
    for _ in range(_MOST_TAGS):
        if found.kind != "tag":
            break
        found = reader.read(_target_of(found))
    if found.kind != "commit":
        raise FetchError(
            f"The tag leads to a {found.kind}, not to a commit; choose another one.",
            kind="unknown_branch",
            permanent=True,
        )
    return found


def _target_of(tag: GitObject) -> str:
    target = tag.data.partition(b"\n")[0].removeprefix(b"object ").decode(errors="replace")
    if not is_commit_id(target):  # it goes into a command of git
        raise RevisionNotFound(f"The tag {tag.id} is malformed.")
    return target


def _own_ref(remote: RemoteUrl, name: str) -> str:
    """
    Where the mirror keeps what *name* of *remote* meant.

    Hashed, because names of refs are foreign text that would become names of files, and two of them
    can exclude each other (``a`` and ``a/b``, or ``A`` and ``a``).
    """
    return f"refs/sync/{hashlib.sha256(f'{remote} {name}'.encode()).hexdigest()[:32]}"
