"""``python -m bench [--times N]``: measure everything on this machine and print a table."""

from __future__ import annotations

import argparse

from bench.cases import measure_all
from bench.figures import measuring_folder, print_as_measured

DEFAULT_TIMES = 20


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--times", type=int, default=DEFAULT_TIMES, help="samples for each figure")
    times = parser.parse_args().times
    with measuring_folder() as folder:
        print_as_measured(measure_all(folder, times))


if __name__ == "__main__":
    main()
