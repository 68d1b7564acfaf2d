"""Programs beside git, by absolute path: what stands first in somebody's PATH is not asked."""

from __future__ import annotations

import functools
import shutil

from jobyard_repos.errors import GitUnavailable

_USUAL_FOLDERS = "/usr/bin:/usr/local/bin:/opt/homebrew/bin"
NONE = "/bin/false"  #: In the place of a program that must not be used.


@functools.cache
def program(name: str) -> str:
    """
    The path of ``ssh``, ``ssh-keyscan``, ``ssh-keygen``, ``gpg`` or ``gpgconf``.

    Raises:
        GitUnavailable: It is not installed.
    """
    found = shutil.which(name, path=_USUAL_FOLDERS)
    if found is None:
        raise GitUnavailable(f"The program {name} was not found; install it.")
    return found
