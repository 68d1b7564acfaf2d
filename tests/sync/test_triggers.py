from __future__ import annotations

import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.sync.cast import wait_until

from jobyard_server.registry.channels import SYNC, notify
from jobyard_sync.sync_threads import SyncThreads
from jobyard_sync.triggers import requests
from jobyard_sync.triggers import watch as watch_module
from jobyard_sync.triggers.requests import RequestListener
from jobyard_sync.triggers.watch import FolderWatch


@pytest.fixture
def watch(tmp_path):
    folder = tmp_path / "watched"
    folder.mkdir()
    watch = FolderWatch(folder)
    watch.start()
    yield watch
    watch.stop()


@pytest.mark.parametrize("change", ["write", "replace", "delete", "folder", "below"])
def test_a_change_is_news_within_a_moment(watch, tmp_path, change):
    file = tmp_path / "watched" / "a.py"
    file.write_text("1")
    (tmp_path / "watched" / "sub").mkdir()
    while watch.wait(0.3):
        pass
    started = time.monotonic()

    match change:
        case "write":
            file.write_text("2")
        case "replace":
            (tmp_path / "new").write_text("3")
            (tmp_path / "new").rename(file)
        case "delete":
            file.unlink()
        case "folder":
            (tmp_path / "watched" / "pkg").mkdir()
        case "below":
            (tmp_path / "watched" / "sub" / "b.py").write_text("4")

    assert watch.wait(5) is True
    assert time.monotonic() - started < 3


def test_a_file_is_waited_for_until_it_is_written_to_its_end(watch, tmp_path, monkeypatch):
    monkeypatch.setattr(watch_module, "WRITING_SECONDS", 60)
    file = tmp_path / "watched" / "a.py"
    file.write_text("1")
    while watch.wait(0.3):
        pass
    ended = threading.Event()

    with file.open("w") as half_written, ThreadPoolExecutor(1) as threads:
        half_written.write("2")
        half_written.flush()
        news = threads.submit(lambda: (watch.wait(60), ended.is_set()))
        wait_until(lambda: str(file) in watch._written)
        ended.set()
        half_written.close()

    assert news.result() == (True, True)
    assert not watch._written


def test_reading_is_no_news(watch, tmp_path):
    file = tmp_path / "watched" / "a.py"
    file.write_text("1")
    while watch.wait(0.3):
        pass

    for _ in range(10):
        file.read_text()
        list((tmp_path / "watched").iterdir())

    assert watch.wait(0.3) is False


def test_caches_are_no_news(watch, tmp_path):
    cache = tmp_path / "watched" / "__pycache__"
    cache.mkdir()
    while watch.wait(0.3):
        pass

    (cache / "a.pyc").write_text("1")

    assert watch.wait(0.3) is False


def test_a_storm_is_looked_at_in_between(watch, tmp_path):
    stop = threading.Event()

    def write_on() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            (tmp_path / "watched" / f"f{number % 10}.py").write_text(str(number))

    writer = threading.Thread(target=write_on)
    writer.start()
    try:
        assert watch.wait(5) is True
        assert watch.wait(5) is True
    finally:
        stop.set()
        writer.join()


def test_waiting_ends_when_somebody_wakes_it(watch):
    threading.Timer(0.05, watch.wake).start()

    assert watch.wait(10) is True


def test_a_folder_that_does_not_exist_is_watched_once_it_does(tmp_path):
    watch = FolderWatch(tmp_path / "later")
    watch.start()
    (tmp_path / "later").mkdir()
    watch.start()

    (tmp_path / "later" / "a.py").write_text("1")

    assert watch.wait(5) is True
    watch.stop()


@pytest.fixture
def looks(transactional_db):
    """A running listener; each of its looks is an item of the queue."""
    seen: queue.Queue[float] = queue.Queue()
    listener = RequestListener(lambda: seen.put(time.monotonic()))
    listener.start()
    seen.get(timeout=5)  # the one at the start
    yield seen
    listener.stop()


def test_a_notification_leads_to_a_look_at_once(looks, monkeypatch):
    monkeypatch.setattr(requests, "POLL_SECONDS", 1000.0)

    notify(SYNC, "git.lab")

    looks.get(timeout=5)


def test_it_looks_by_the_clock_too(looks):
    looks.get(timeout=10)


def test_it_comes_back_after_the_database_was_away(looks, monkeypatch):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE query LIKE 'LISTEN jobyard_sync%' AND datname = current_database()"
        )

    wait_until(lambda: _is_heard(looks))


def _is_heard(looks: queue.Queue[float]) -> bool:
    sent = time.monotonic()
    notify(SYNC, "git.lab")
    try:
        while looks.get(timeout=1) <= sent:
            continue  # a look for something before
    except queue.Empty:
        return False
    return True


def test_a_look_that_fails_does_not_end_the_listener(transactional_db):
    calls: queue.Queue[int] = queue.Queue()

    def look() -> None:
        calls.put(1)
        raise ZeroDivisionError

    listener = RequestListener(look)
    listener.start()

    calls.get(timeout=5)
    notify(SYNC, "git.lab")
    calls.get(timeout=5)
    listener.stop()


def test_one_thread_for_each_key_and_no_more_than_the_limit():
    gate, ends = threading.Event(), []
    threads = SyncThreads(limit=2, on_end=lambda: ends.append(1))

    def work() -> bool:
        return gate.wait(5)

    started = [threads.start(key, work) for key in ("a", "a", "b", "c")]
    gate.set()

    assert started == [True, False, True, False]
    assert threads.join(5) is True
    assert len(ends) == 2
    assert threads.start("a", work) is True
    threads.join(5)


def test_one_thread_waits_for_the_next_work_with_its_connection(transactional_db):
    threads = SyncThreads(limit=4, on_end=lambda: None)
    seen = []

    def work() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            seen.append((threading.get_ident(), cursor.fetchone()[0]))

    def one() -> None:
        before = len(seen)
        wait_until(lambda: threads.start("a", work))
        wait_until(lambda: len(seen) > before)
        wait_until(lambda: threads._spare is not None)

    one()
    one()
    with connection.cursor() as cursor:  # the database restarts
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [seen[-1][1]])
    one()

    assert threads.join(5) is True
    assert seen[0] == seen[1]
    assert (seen[2][0], seen[2][1] != seen[1][1]) == (seen[1][0], True)
    assert not [thread for thread in threading.enumerate() if thread.name == "sync-a"]


def test_work_that_fails_or_does_nothing_asks_for_no_further_look():
    ends: list[int] = []
    threads = SyncThreads(limit=2, on_end=lambda: ends.append(1))

    threads.start("fails", lambda: 1 / 0)
    threads.start("idle", lambda: False)

    assert threads.join(5) is True
    assert ends == []
