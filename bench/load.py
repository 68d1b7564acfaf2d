"""Several clients at once, as a busy installation has them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable


def runs_per_second(make_client: Callable[[], Callable[[], object]], *, runs: int, clients: int) -> float:
    """
    Let *clients* start *runs* runs between them and wait for all ends; how many that are each second.

    Args:
        make_client: Called in the thread of each client; what it returns starts a run and waits for its end.
        runs: Of all clients together.
        clients: Threads.
    """
    left = threading.Semaphore(runs)
    problems: list[Exception] = []

    def work() -> None:
        run = make_client()
        try:
            while left.acquire(blocking=False):
                run()
        except Exception as exc:  # noqa: BLE001  # told by the thread that waits
            problems.append(exc)

    threads = [threading.Thread(target=work) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return runs / (time.perf_counter() - began)
