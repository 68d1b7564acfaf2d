"""What answers: the database, its tables, the parts, the engine. Needs Django."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import Error, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor

from jobyard_server.cli.doctor.finding import Finding, note, ok, wrong
from jobyard_server.cli.errors import sentence_of
from jobyard_server.database.roles import role_name
from jobyard_server.registry.exposure import credential_exposure, database_exposure
from jobyard_server.registry.models import Module, Source
from jobyard_server.runs.components import alive, component_states
from jobyard_server.worker.engines.address import shown_address
from jobyard_server.worker.engines.base import engine
from jobyard_server.worker.login import SERVICE, child_login

OLDEST_POSTGRES = 140000
LARGEST_CLOCK_DIFFERENCE = 5.0  #: Seconds.


def server_findings() -> Iterator[Finding]:
    """The checks one after the other; what cannot be asked after a failure is left out."""
    try:
        yield from _database_findings()
        missing = _missing_migrations()
        if missing:
            yield wrong(f"{missing} migrations are not applied", "start `jobyard up`, or run `jobyard init`")
            return
        yield ok("the tables are up to date")
        yield _role_finding()
        yield from _part_findings()
        yield from _source_findings()
        yield from _exposure_findings()
    except Error as exc:
        yield wrong(sentence_of(exc), "nothing else can be asked without it")
        return
    yield _engine_finding()
    yield from _web_findings()


def part_finding(kind: str) -> Finding:
    """Whether the part *kind* of this host is alive; for health checks of containers."""
    here = alive().filter(kind=kind, hostname=socket.gethostname())
    if here.exists():
        return ok(f"{kind} is alive on this host")
    return wrong(f"{kind} gives no sign of life on this host", f"its log may say why; start `jobyard {kind}`")


def _database_findings() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), extract(epoch from clock_timestamp())")
        version, clock = cursor.fetchone()
    number = connection.pg_version  # type: ignore[attr-defined]  # of the PostgreSQL backend
    if number < OLDEST_POSTGRES:
        yield wrong(f"PostgreSQL {version} is too old", "use PostgreSQL 14 or newer")
    else:
        yield ok(f"the database answers: PostgreSQL {version}")
    difference = abs(float(clock) - time.time())
    if difference > LARGEST_CLOCK_DIFFERENCE:
        yield note(f"the database's clock differs by {difference:.0f} s", "synchronise the clocks")


def _role_finding() -> Finding:
    try:
        found = child_login()
    except OperationalError as exc:
        return wrong(f"jobs cannot reach the database now: {exc}", "look at the limit of its connections")
    if found.role == SERVICE:
        return note(
            f"jobs use the database login of the service, because theirs does not work: {found.problem}",
            'see "The database role of jobs" in docs/operating.md, then run `jobyard init`',
        )
    return ok(f"jobs have a database role of their own, {role_name(found.role)}")


def _missing_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _part_findings() -> Iterator[Finding]:
    for kind, state in component_states().items():
        if state == "ok":
            hosts = sorted(set(alive().filter(kind=kind).values_list("hostname", flat=True)))
            yield ok(f"{kind} is alive ({', '.join(hosts)})")
        else:
            yield wrong(f"{kind} gives no sign of life", f"start `jobyard up` or `jobyard {kind}`")


def _source_findings() -> Iterator[Finding]:
    for source in Source.objects.exclude(error=""):
        yield wrong(f"{source.key} could not be read: {source.error}", "its page tells more")
    broken = Module.objects.exclude(load_error=None).select_related("source")
    for module in broken:
        yield note(f"{module} has a newer version that does not load", "the page of its source says why")


def _exposure_findings() -> Iterator[Finding]:
    for sentence in filter(None, (database_exposure(), credential_exposure())):
        text, _, remedy = sentence.partition("; ")
        yield note(text, remedy)


def _engine_finding() -> Finding:
    name, place = settings.JOBYARD["ENGINE"], shown_address(settings.JOBYARD["BROKER_URL"])
    try:
        engine().check()
    except Exception as exc:  # noqa: BLE001  # the broker's library may raise anything, with the password in it
        return wrong(
            f"the broker of the engine {name}, {place}, does not answer ({type(exc).__name__})",
            "start it, or check JOBYARD_BROKER_URL",
        )
    return ok(f"engine {name}, broker {place}")


def _web_findings() -> Iterator[Finding]:
    if "*" in settings.ALLOWED_HOSTS:
        yield note("the web part answers to every host name", "list the real ones in JOBYARD_ALLOWED_HOSTS")
    if settings.DEBUG:
        yield wrong("JOBYARD_DEBUG is on", "switch it off: pages show tracebacks and settings")
