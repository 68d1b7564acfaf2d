"""Random numbers of a forked child: libraries that keep a generator would repeat those of its siblings."""

from __future__ import annotations

import random
import sys


def reseed() -> None:
    """The standard library does so by itself where forks are made by ``os.fork``; numpy does not."""
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
