"""Whether what a body tells of concerns the repository of its hook."""

from __future__ import annotations

import re
from urllib.parse import unquote

from jobyard_repos.refs import is_commit_id
from jobyard_server.registry.models import GitRepository
from jobyard_server.webhooks.calls import Change, Reading

NO_PUSH = "This call is not about a push."
OTHER_REF = "Only other branches or tags were changed."
PINNED = "The repository stays on one commit."
OTHER_REPOSITORY = "The call speaks of another repository: {}."

_START = re.compile(r"^(?:[a-z+]+://)?(?:[^@/]*@)?[^/:]*(?::[0-9]+)?[/:]")


def why_ignored(reading: Reading, branch: str) -> str:
    """A sentence when no sync is needed; ``""`` when one is."""
    if not reading.is_push:
        return NO_PUSH
    if is_commit_id(branch):
        return PINNED
    if reading.changes is None or relevant(reading, branch):
        return ""
    return OTHER_REF


def relevant(reading: Reading, branch: str) -> Change | None:
    """The change of what is followed."""
    followed = {f"refs/heads/{branch}", f"refs/tags/{branch}"}
    return next((one for one in reading.changes or () if one.ref in followed), None)


def doubt(reading: Reading, repository: GitRepository) -> str:
    """A sentence when the body names another repository: a copied hook, perhaps. It counts all the same."""
    ours = _path(repository.remote_url)
    if not reading.addresses or any(_path(address) == ours for address in reading.addresses):
        return ""
    return OTHER_REPOSITORY.format(reading.addresses[0])[:300]


def _path(address: str) -> str:
    """``owner/name`` of any spelling of an address."""
    return _START.sub("", unquote(address)).strip("/").removesuffix(".git").lower()
