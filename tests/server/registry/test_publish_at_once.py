"""Row F42 of the catalogue of faults: many who publish and many who read, at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from tests.server.registry.cast import facts, git_source, good

from jobyard_server.registry.errors import JobNotFound, LeaseLost
from jobyard_server.registry.leases import take_lease
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import Job, Module, Source
from jobyard_server.registry.publish import publish

SOURCES, WRITERS, READERS, ROUNDS = 3, 6, 6, 15


@pytest.mark.django_db(transaction=True)
def test_f42_the_registry_stays_consistent_whoever_writes_and_reads_at_once():
    sources = [git_source(f"s{number}") for number in range(SOURCES)]
    start, failures = threading.Barrier(WRITERS + READERS), []

    def work(one_round, number: int) -> None:
        try:
            start.wait(30)
            for turn in range(ROUNDS):
                one_round(sources[number % SOURCES], turn)
        except BaseException as exc:  # noqa: BLE001  # whatever it is, the test has to know
            failures.append(exc)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(_publish, n)) for n in range(WRITERS)]
    threads += [threading.Thread(target=work, args=(_read, n)) for n in range(READERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert failures == []
    for source in Source.objects.select_related("revision"):
        modules = Module.objects.filter(source=source, is_installed=True)
        assert {module.revision_id for module in modules} == {source.revision_id}
        letter = source.revision.identifier[0]
        names = Job.objects.filter(module__source=source, installed=True)
        assert sorted(names.values_list("job_class_name", flat=True)) == [f"A{letter}", f"B{letter}"]


def _publish(source: Source, turn: int) -> None:
    letter = "0123456789abcdef"[turn % 16]
    lease = take_lease(source)
    if lease is None:
        return  # another writer works on it
    try:
        publish(lease, facts(letter), [good("one", f"A{letter}"), good("two", f"B{letter}")])
    except LeaseLost:
        return
    finally:
        lease.release()


def _read(source: Source, turn: int) -> None:
    """What is installed is of one revision, in every look."""
    letter = "0123456789abcdef"[turn % 16]
    try:
        job = find_job(f"{source.key}/one/A{letter}")
    except JobNotFound:
        return
    assert job.spec.class_name == f"A{letter}"
    rows = Module.objects.filter(source=source, is_installed=True).values_list("revision_id", flat=True)
    assert len(set(rows)) <= 1
