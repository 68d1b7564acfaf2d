"""One bare mirror per Git source: fetch what a branch, a tag or a commit id means right now."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

from jobyard_repos import mirror_folder
from jobyard_repos.commit import Commit
from jobyard_repos.deadline import Deadline
from jobyard_repos.errors import FetchError, RevisionNotFound, SnapshotError, TreeRefused
from jobyard_repos.hardened import local_call
from jobyard_repos.mirror_lock import lock_path, locked
from jobyard_repos.refs import check_ref_name, is_commit_id
from jobyard_repos.remotes import RemoteUrl
from jobyard_repos.removal import remove
from jobyard_repos.resolution import Resolution
from jobyard_repos.transport import Connection, Credentials, FetchLimits, RemoteCalls, Way

__all__ = ["Commit", "Mirror"]

_MANY_PACKS = 50


class Mirror:
    """
    The bare repository that one source is fetched into; made at the first fetch.

    It is a store of objects, nothing else: no branch of its own, no remote, no configuration. Losing
    it costs a fetch. Other files beside it start with its name.

    Args:
        folder: ``<mirrors>/<id>.git``; never shared between sources.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder).absolute()

    def fetch(
        self,
        remote: RemoteUrl,
        branch: str,
        *,
        credentials: Credentials | None,
        limits: FetchLimits,
        way: Way,
        fsck_exceptions: Sequence[str] = (),
        whole: bool = False,
    ) -> Commit:
        """
        Bring the commit that *branch* means now, and say which one it is.

        The order is fixed: a full commit id, then the branch of that name, then the tag. A commit id
        must be in the history of a branch or tag of the remote (a forge shows the commits of all
        forks); once found it is kept, so later fetches of it need no network.

        Safe to repeat, and correct after a force-push in any direction. Damage to the mirror is
        repaired by fetching anew. Cost when nothing changed: one round of negotiation.

        Args:
            remote: From ``parse_remote_url``.
            branch: Name of a branch or tag, or 40 hex digits.
            credentials: For this remote only.
            limits: Time for everything together, size of what arrives.
            way: Out of this network; the operator's settings.
            fsck_exceptions: Kinds of old malformed objects that are let in, of ``FSCK_EXCEPTIONS``.
            whole: With the whole history; otherwise only what the newest commit needs.

        Raises:
            InvalidRefName: *branch* cannot be a name.
            UnknownBranch: The remote has neither branch nor tag of that name.
            FetchError: Anything else; ``kind`` says what. The mirror still has what it had.
        """
        check_ref_name(branch)
        deadline = Deadline(limits.timeout_seconds)
        connection = Connection(
            remote=remote, credentials=credentials, limits=limits, way=way, fsck_exceptions=fsck_exceptions
        )
        calls = functools.partial(RemoteCalls, connection=connection, deadline=deadline)
        try:
            with locked(self.folder, deadline) as lock:
                is_new = mirror_folder.prepare(self.folder)
                find = functools.partial(
                    _find, calls=functools.partial(calls, lock=lock), branch=branch, whole=whole
                )
                return self._fetch(find, is_new=is_new)
        except OSError as exc:
            raise FetchError(
                f"The mirror {self.folder} cannot be used ({exc.strerror or exc}).", kind="disk"
            ) from exc

    def look(
        self,
        remote: RemoteUrl,
        branch: str,
        *,
        credentials: Credentials | None,
        limits: FetchLimits,
        way: Way,
    ) -> str:
        """
        The object that *branch* means on the remote now, or ``""`` when it has no such branch or tag.

        For polling: one round, nothing is fetched, and a fetch may go on at the same time. The id of a
        tag object is not that of its commit, but changes with it. A commit id means itself: no network.

        Raises:
            InvalidRefName: *branch* cannot be a name.
            FetchError: The remote did not say.
        """
        if is_commit_id(check_ref_name(branch)):
            return branch
        connection = Connection(remote=remote, credentials=credentials, limits=limits, way=way)
        self.folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        calls = RemoteCalls(self.folder, connection, deadline=Deadline(limits.timeout_seconds))
        names = (f"refs/heads/{branch}", f"refs/tags/{branch}")
        found = calls.refs(*names)
        return next((found[name] for name in names if name in found), "")

    def tidy(self, *, timeout_seconds: float = 120.0) -> bool:
        """
        Put many small packs into one; true when there was something to do. Not for the hot path.

        Commits that no branch has any more stay, so their snapshots can be made again.
        """
        deadline = Deadline(timeout_seconds)
        with locked(self.folder, deadline) as lock:
            mirror_folder.prepare(self.folder)
            packs = (self.folder / "objects/pack").glob("*.pack")
            if sum(1 for _ in packs) < _MANY_PACKS:
                return False
            command = ("repack", "-a", "-d", "-q", "--keep-unreachable", "--no-write-bitmap-index")
            with local_call(
                self.folder,
                *command,
                timeout_seconds=deadline.remaining(),
                stdout=False,
                inherited=[lock],
            ) as process:
                return process.wait() == 0

    def remove(self, *, timeout_seconds: float = 5.0) -> None:
        """
        Remove the mirror and its lock; fine when there is none.

        Raises:
            FetchError: A fetch into it is still running at the end of that time.
        """
        with locked(self.folder, Deadline(timeout_seconds)):
            mirror_folder.discard(self.folder)
            lock_path(self.folder).unlink()

    def _fetch(self, find: Callable[[Path], Commit], *, is_new: bool) -> Commit:
        try:
            return find(self.folder)
        except FetchError as exc:
            if is_new or exc.permanent or exc.kind != "corrupt":
                raise
        # The damage may be in what an earlier fetch stored. An empty mirror beside this one tells; if
        # the remote is to blame, this one stays with all the commits it has.
        draft = mirror_folder.make_draft(self.folder)
        try:
            commit = find(draft)
            mirror_folder.replace(self.folder, draft)
        finally:
            remove(draft)
        return commit


def _find(mirror: Path, *, calls: functools.partial[RemoteCalls], branch: str, whole: bool) -> Commit:
    try:
        return Resolution(mirror, calls(mirror), whole=whole).find(branch)
    except FetchError:
        mirror_folder.remove_leftovers(mirror)  # half a pack can be as large as the limit
        raise
    except RevisionNotFound as exc:
        raise FetchError(f"What was fetched is damaged: {exc}", kind="corrupt") from exc
    except TreeRefused as exc:
        raise FetchError(f"What was fetched is refused: {exc}", kind="too_large", permanent=True) from exc
    except SnapshotError as exc:
        raise FetchError(f"What was fetched cannot be read: {exc}", kind="timeout") from exc
