"""``python -m bench [--times N]``: measure everything on this machine and print a table."""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from bench.cases import measure_all
from bench.figures import table

DEFAULT_TIMES = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--times", type=int, default=DEFAULT_TIMES, help="samples for each figure")
    times = parser.parse_args().times
    folder = Path(tempfile.mkdtemp(prefix="jobyard-bench-"))
    folder.chmod(0o711)  # the account of the database must get through when this runs as root
    figures = []
    try:
        for figure in measure_all(folder, times):
            print(f"{figure.what} …", file=sys.stderr, flush=True)
            figures.append(figure)
    finally:
        print(table(figures) if figures else "nothing was measured")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
