"""Processes of this host by their numbers."""

from __future__ import annotations

import os


def is_process(pid: int) -> bool:
    """Whether there is one with this number now, of whichever account."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
