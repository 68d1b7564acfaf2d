"""F122: nothing that somebody could plant is ever unpickled."""

from __future__ import annotations

import ast
import pickle
from pathlib import Path

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core import signing
from django.utils import timezone

import jobyard
import jobyard_repos
import jobyard_server
import jobyard_sync

UNPICKLERS = {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "shelve", "marshal", "joblib"}
planted: list[str] = []


class Planted:
    def __reduce__(self):
        return planted.append, ("ran",)


def test_f122_no_module_of_ours_imports_what_unpickles():
    found = [
        (path.name, name)
        for package in (jobyard, jobyard_repos, jobyard_server, jobyard_sync)
        for path in Path(package.__file__).parent.rglob("*.py")
        for name in imported(ast.parse(path.read_text(encoding="utf-8")))
        if name.partition(".")[0] in UNPICKLERS
    ]

    assert found == []


def imported(tree: ast.AST) -> list[str]:
    nodes = list(ast.walk(tree))
    plain = [item.name for node in nodes if isinstance(node, ast.Import) for item in node.names]
    return plain + [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]


def test_f122_caches_live_in_the_memory_of_their_process(settings):
    """Django unpickles what a shared cache gives it; so there is none."""
    backends = {cache["BACKEND"] for cache in settings.CACHES.values()}

    assert backends == {"django.core.cache.backends.locmem.LocMemCache"}


@pytest.mark.django_db
def test_f122_a_pickle_in_place_of_a_session_is_an_empty_session():
    store = SessionStore()
    signed = signing.dumps(Planted(), salt=store.key_salt, serializer=Pickles, compress=True)
    Session.objects.create(session_key="k" * 32, session_data=signed, expire_date=timezone.now())

    assert store.decode(signed) == {}
    assert planted == []


class Pickles:
    """As Django's own serializer was once."""

    def dumps(self, value: object) -> bytes:
        return pickle.dumps(value)
