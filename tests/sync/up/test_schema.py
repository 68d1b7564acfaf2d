"""F119: a table that somebody holds stops an upgrade with a sentence, and not everybody for ever."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from jobyard_sync.up import schema


@pytest.mark.django_db(transaction=True)
def test_f119_a_table_that_somebody_holds_ends_the_migration_in_time(monkeypatch):
    monkeypatch.setattr(schema, "LOCK_SECONDS", 1)
    monkeypatch.setattr(schema, "_missing", lambda: True)
    monkeypatch.setattr(schema, "call_command", lambda *_words, **_options: lock_the_table())
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with transaction.atomic():
            lock_the_table()
            held.set()
            done.wait(30)
        connection.close()

    holder = threading.Thread(target=hold)
    holder.start()
    assert held.wait(10)

    with pytest.raises(schema.TablesLockedError, match="another connection has held one of them"):
        schema.migrate()

    done.set()
    holder.join()
    assert schema.migrate() is True  # and the limit is over with it
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)


def lock_the_table() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE extras_jobresult IN ACCESS EXCLUSIVE MODE")
