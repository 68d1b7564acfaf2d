"""Each change carries who made it, and nobody can say it was somebody else."""

from __future__ import annotations

import uuid

import psycopg
import pytest
from django.db import connection, transaction
from tests.server.api.cast import Caller, caller
from tests.server.changes.cast import Log

from jobyard_server.changes.acting import acting
from jobyard_server.inventory.dcim.models import Region


@pytest.fixture
def alice(db):
    return caller("alice", is_superuser=True)


def test_what_rest_writes_carries_the_owner_of_the_token_and_one_id(alice, lab):
    log = Log()

    made = alice.post("/api/dcim/regions/", [{"name": n, "slug": n} for n in ("a", "b")], format="json")

    assert made.status_code == 201, made.content
    assert {(row.user_name, row.user_id, row.change_context) for row in log.rows} == {
        ("alice", alice.user.pk, "web")
    }
    assert len(log.rows) == 2
    assert len({row.request_id for row in log.rows}) == 1


@pytest.mark.django_db(transaction=True)
def test_nothing_of_a_request_is_left_for_the_next_one():
    alice = caller("alice", is_superuser=True)
    log = Log()

    alice.post("/api/dcim/regions/", {"name": "a", "slug": "a"}, format="json")
    Region.objects.create(name="b", slug="b")
    Caller(caller("bob", "add_region").user).post(
        "/api/dcim/regions/", {"name": "c", "slug": "c"}, format="json"
    )

    rows = log.rows
    assert [row.user_name for row in rows] == ["alice", "", "bob"]
    assert rows[0].request_id != rows[2].request_id


@pytest.mark.django_db(transaction=True)
def test_outside_of_a_transaction_a_name_holds_for_one_statement():
    user = caller("alice", is_superuser=True).user
    log = Log()

    with acting(user) as request_id:
        Region.objects.create(name="a", slug="a")
    Region.objects.create(name="b", slug="b")

    assert [(row.user_name, row.request_id) for row in log.rows] == [("alice", request_id), ("", None)]


@pytest.mark.django_db(transaction=True)
def test_a_savepoint_that_is_rolled_back_does_not_lose_the_name():
    user = caller("alice", is_superuser=True).user
    log = Log()

    with acting(user), transaction.atomic():
        with transaction.atomic():
            Region.objects.create(name="lost", slug="lost")
            transaction.set_rollback(True)
        row = Region.objects.create(name="a", slug="a")
        assert Region.objects.filter(pk=row.pk).update(name="b") == 1
        assert Region.objects.filter(pk=row.pk).delete() == (1, {"dcim.Region": 1})

    assert [row.user_name for row in log.rows] == ["alice"] * 3


@pytest.fixture
def job_role(transactional_db):
    """A login with the rights that job code has: data tables, and the log for reading."""
    password = uuid.uuid4().hex
    name = f"job_{password[:8]}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
        cursor.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON dcim_region TO {name}")
        cursor.execute(f"GRANT SELECT ON extras_objectchange TO {name}")
    known = connection.get_connection_params()
    address = {key: known[key] for key in ("host", "port", "dbname") if known.get(key)}
    made = psycopg.connect(**address, user=name, password=password, autocommit=True)
    yield made
    made.close()
    with connection.cursor() as cursor:
        cursor.execute(f"REVOKE ALL ON dcim_region, extras_objectchange FROM {name}")
        cursor.execute(f"DROP ROLE {name}")


INSERT = (
    "INSERT INTO dcim_region (id, name, slug, description, custom_field_data)"
    " VALUES (gen_random_uuid(), 'x', 'x', '', '{}')"
)
FORGE = (
    "CREATE TEMP TABLE x (id uuid, name text); CREATE TRIGGER y AFTER INSERT ON x FOR EACH ROW"
    " EXECUTE FUNCTION jobyard_log_row('dcim', 'region', '{}', 'name')"
)


def test_job_code_is_logged_and_can_neither_forge_nor_delete(job_role):
    alice = caller("alice", is_superuser=True).user
    log = Log()

    job_role.execute(f"SET jobyard.account = '{alice.pk}'")
    job_role.execute(INSERT)

    assert [(row.object_repr, row.user_name) for row in log.rows] == [("x", "")]
    for forbidden in (
        "DELETE FROM extras_objectchange",
        "UPDATE extras_objectchange SET user_name = 'bob'",
        "ALTER TABLE dcim_region DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        FORGE,
        "SELECT jobyard_acting()",
        "SELECT jobyard_content_type('a', 'b')",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            job_role.execute(forbidden)


def test_a_run_is_only_believed_with_the_key_of_its_claim(job_role):
    from tests.server.api.cast import published, result_of  # models

    alice = caller("alice", is_superuser=True).user
    request = uuid.uuid4()
    run = result_of(
        published("example", "Hello"),
        "running",
        user=alice,
        change_key=uuid.uuid4(),
        request={"id": str(request)},
    )
    log = Log()

    for key in (uuid.uuid4(), run.change_key):
        job_role.execute(f"SET jobyard.run = '{run.pk} {key}'")
        job_role.execute(INSERT.replace("'x'", f"'{key}'"))

    forged, real = log.rows
    assert (forged.user_name, forged.run_id) == ("", None)
    assert (real.user_name, real.run_id, real.request_id) == ("alice", run.pk, request)
