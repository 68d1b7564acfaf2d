"""Large pages of a zygote, and what it rehearses before it forks."""

from __future__ import annotations

import signal

from jobyard_server.isolation import large_pages
from jobyard_server.isolation.rehearsal import rehearse


def test_a_kernel_without_large_pages_changes_nothing(monkeypatch):
    class Refusing:
        def madvise(self, *_arguments: object) -> int:
            return -1

    monkeypatch.setattr(large_pages, "libc", Refusing())

    assert large_pages.use_large_pages() == 0


def test_only_memory_of_our_own_is_asked_for():
    starts = list(large_pages._candidates())

    assert all(start % (2 << 20) == 0 for start in starts)
    assert len(set(starts)) == len(starts)


def test_a_rehearsal_leaves_nothing_behind(capfd):
    before = [signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGUSR2)]

    rehearse()

    assert [signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGUSR2)] == before
    assert capfd.readouterr().out == ""
