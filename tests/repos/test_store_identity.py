from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobyard_repos.store_identity import store_identity

AT_ONCE = 8


@pytest.mark.parametrize("content", [None, "", "no uuid"])
def test_all_who_ask_at_once_get_the_same(tmp_path, content):
    store = tmp_path / "store"
    if content is not None:
        store.mkdir()
        (store / ".identity").write_text(content)
    together = threading.Barrier(AT_ONCE)

    def ask(_number: int):
        together.wait(timeout=60)
        return store_identity(store)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        told = set(threads.map(ask, range(AT_ONCE)))

    assert told == {store_identity(store)}
    assert [file.name for file in store.iterdir()] == [".identity"]


def test_two_stores_differ(tmp_path):
    assert store_identity(tmp_path / "one") != store_identity(tmp_path / "two")
