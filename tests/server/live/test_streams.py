"""Server-Sent Events, spoken to as a web server speaks to an application."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction
from django.utils import timezone
from tests.server.ui import cast

from jobyard import statuses

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE_SECONDS = 20


class Viewer:
    """One request of a stream, and what it was sent."""

    def __init__(self, streams, grant) -> None:
        self.status = 0
        self.headers: dict[bytes, bytes] = {}
        self.body = b""
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()
        self.task = asyncio.ensure_future(streams(self.scope, self.receive, self.send))

    scope = {"type": "http", "path": "/api/extras/job-results/x/stream/", "method": "GET", "headers": []}

    async def receive(self):
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], dict(message["headers"])
        self.body += message.get("body", b"")
        self._changed.set()

    def leave(self) -> None:
        self._gone.set()

    async def until(self, reached: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not reached():
                self._changed.clear()
                await self._changed.wait()

    @property
    def events(self) -> list[tuple[str, object, str]]:
        found = []
        for block in self.body.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
            if "event" in lines:
                found.append((lines["event"], json.loads(lines["data"]), lines["id"]))
        return found

    def named(self, name: str) -> list[object]:
        return [data for event, data, _ in self.events if event == name]


class Stalled(Viewer):
    """It asks for a stream and then reads nothing of it."""

    async def send(self, message) -> None:
        await super().send(message)
        if message["type"] == "http.response.body":
            await self._gone.wait()


def watch(result, story, *, user: str = "alice", with_rows: bool = True, cursor: str = "", **by: str):
    """Run *story* with the streams of an application that grants everybody *result*."""
    from jobyard_server.live.steps import Cursor
    from jobyard_server.live.streams import GRANT, Grant, Streams

    grant = Grant(user=user, result=result.pk, cursor=Cursor.parse(cursor), with_rows=with_rows, **by)

    async def granting(_scope, _receive, send) -> None:
        headers = [(GRANT, grant.header().encode()), (b"content-security-policy", b"default-src 'none'")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b""})

    async def play() -> None:
        streams = Streams(granting)
        await story(streams, lambda kind=Viewer: kind(streams, grant))
        streams.close()
        streams._readers.shutdown()

    asyncio.run(play())


async def in_database(change: Callable[[], None]) -> None:
    """In a thread and on a connection of its own, as another process would."""

    def work() -> None:
        try:
            change()
        finally:
            connection.close()

    await asyncio.to_thread(work)


def change(result, *rows: str, **fields: object) -> Callable[[], None]:
    """Store rows and columns of a run and say so, as its worker does."""

    def work() -> None:
        from jobyard_server.runs.changes_of_runs import announce_change
        from jobyard_server.runs.models import JobLogEntry, JobResult

        with transaction.atomic():
            for message in rows:
                number = JobLogEntry.objects.filter(job_result=result).count()
                JobLogEntry.objects.create(
                    job_result=result,
                    sequence=number,
                    created=timezone.now(),
                    grouping="run",
                    message=message,
                )
            JobResult.objects.filter(pk=result.pk).update(**fields)
            announce_change(result.pk)

    return work


@pytest.fixture
def running():
    return cast.make_result(cast.make_job(), status=statuses.RUNNING, completed=None)


def test_a_viewer_sees_rows_progress_state_and_the_end(running):
    async def story(_streams, view) -> None:
        viewer = view()
        await viewer.until(lambda: viewer.named("state"))
        await in_database(change(running, "one", progress={"done": 1, "total": 2, "message": "half"}))
        await viewer.until(lambda: viewer.named("log") and viewer.named("progress"))
        await in_database(change(running, "two", status=statuses.COMPLETED))
        await viewer.task

        rows = [row["message"] for batch in viewer.named("log") for row in batch]
        assert rows == ["one", "two"]
        assert viewer.named("progress") == [{"done": 1, "total": 2, "message": "half"}]
        assert [state["status"] for state in viewer.named("state")] == ["running", "completed"]
        assert viewer.named("end") == [{"status": "completed"}]
        assert viewer.headers[b"content-type"].startswith(b"text/event-stream")
        assert viewer.headers[b"content-security-policy"] == b"default-src 'none'"
        assert b"x-jobyard-stream" not in viewer.headers

    watch(running, story)


def test_a_viewer_that_comes_back_sees_only_what_is_new(running):
    change(running, "one", "two", status=statuses.COMPLETED)()
    first: list[str] = []

    async def look(_streams, view) -> None:
        viewer = view()
        await viewer.task
        first.append(next(cursor for name, _, cursor in viewer.events if name == "log"))

    async def look_again(_streams, view) -> None:
        viewer = view()
        await viewer.task
        assert viewer.named("log") == []
        assert viewer.named("end") == [{"status": "completed"}]

    watch(running, look)
    watch(running, look_again, cursor=first[0])


def test_a_page_hears_that_there_are_rows_without_getting_them(running):
    async def story(_streams, view) -> None:
        viewer = view()
        await viewer.until(lambda: viewer.named("state"))
        await in_database(change(running, "one", "two"))
        await viewer.until(lambda: viewer.named("log"))
        assert viewer.named("log")[0].keys() == {"last"}
        viewer.leave()
        await viewer.task

    watch(running, story, with_rows=False)


def test_many_viewers_cost_one_connection_and_few_threads(running, settings):
    settings.JOBYARD = {**settings.JOBYARD, "STREAMS_PER_USER": 100}

    async def story(_streams, view) -> None:
        before = threading.active_count()
        viewers = [view() for _ in range(50)]
        for viewer in viewers:
            await viewer.until(lambda: viewer.named("state"))  # noqa: B023  # awaited at once
        assert threading.active_count() - before <= 8
        await in_database(change(running, "for all", status=statuses.COMPLETED))
        await asyncio.gather(*(viewer.task for viewer in viewers))
        assert {len(viewer.named("end")) for viewer in viewers} == {1}

    watch(running, story)


def test_a_user_has_few_streams_and_a_process_has_not_many(running, settings):
    settings.JOBYARD = {**settings.JOBYARD, "STREAMS_PER_USER": 1, "STREAMS_MAX": 1}

    async def story(_streams, view) -> None:
        first = view()
        await first.until(lambda: first.named("state"))
        second = view()
        await second.task
        assert second.status == 503
        settings.JOBYARD = {**settings.JOBYARD, "STREAMS_MAX": 10}
        third = view()
        await third.task
        assert third.status == 429
        assert b"close one" in third.body
        first.leave()
        await first.task
        fourth = view()
        await fourth.until(lambda: fourth.named("state"))
        fourth.leave()
        await fourth.task

    watch(running, story)


def test_streams_end_when_the_web_part_ends(running):
    async def story(streams, view) -> None:
        viewer = view()
        await viewer.until(lambda: viewer.named("state"))
        streams.close()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await viewer.task

    watch(running, story)


def test_f117_a_connection_that_hears_nothing_costs_seconds_only(running, monkeypatch):
    from jobyard_server.live import hub, streams

    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(hub.Hub, "_wake", lambda _hub, _payload: None)

    async def story(_streams, view) -> None:
        viewer = view()
        await viewer.until(lambda: viewer.named("state"))
        await in_database(change(running, "one"))
        await viewer.until(lambda: viewer.named("log"))
        assert b": still here" in viewer.body or viewer.named("log")
        viewer.leave()
        await viewer.task

    watch(running, story)


def test_the_run_may_be_gone(running):
    async def story(_streams, view) -> None:
        await in_database(running.delete)
        viewer = view()
        await viewer.task
        assert viewer.events == []

    watch(running, story)


def test_a_thread_that_waits_hears_of_the_end(running):
    from jobyard_server.live.hub import hub

    woken = []

    def wait() -> None:
        with hub.watching_from_thread(running.pk) as changed:
            woken.append(changed.wait(PATIENCE_SECONDS))

    async def story(streams, view) -> None:
        viewer = view()  # so that the connection is open and hears
        await viewer.until(lambda: hub.hears and viewer.named("state"))
        waiting = asyncio.ensure_future(asyncio.to_thread(wait))
        while len(hub._viewers[running.pk]) < 2:  # noqa: ASYNC110  # a thread adds it
            await asyncio.sleep(0)
        await in_database(change(running, status=statuses.COMPLETED))
        await waiting

    watch(running, story)

    assert woken == [True]


def test_f168_whoever_may_not_see_the_run_any_more_sees_no_more_of_it(running, monkeypatch, admin_user):
    from jobyard_server.live import streams as module

    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)

    async def story(_streams, view) -> None:
        viewer = view()
        await viewer.until(lambda: viewer.named("state"))
        await in_database(lambda: type(admin_user).objects.filter(pk=admin_user.pk).update(is_active=False))
        await in_database(change(running, "a secret"))
        await viewer.task

        assert viewer.named("log") == []
        assert viewer.named("end") == []

    watch(running, story, user=str(admin_user.pk))


def test_f168_a_token_that_was_taken_back_sees_no_more(running, monkeypatch, admin_user):
    from jobyard_server.access.models import Token
    from jobyard_server.access.tokens import create_token
    from jobyard_server.live import streams as module

    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    token = create_token(admin_user).token

    async def story(_streams, view) -> None:
        viewer = view()
        await viewer.until(lambda: viewer.named("state"))
        await in_database(lambda: Token.objects.filter(pk=token.pk).update(enabled=False))
        await in_database(change(running, "a secret"))
        await viewer.task

        assert viewer.named("log") == []

    watch(running, story, user=str(admin_user.pk), token=str(token.pk))


@pytest.mark.parametrize("end", ["log out", "password", "nothing"])
def test_f168_f176_whoever_logs_out_sees_no_more(running, monkeypatch, client, admin_user, end):
    from jobyard_server.live import streams as module
    from jobyard_server.live.streams import GRANT, Grant

    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    client.force_login(admin_user)
    answer = client.get(f"/api/extras/job-results/{running.pk}/stream/")
    grant = Grant.of(answer[GRANT.decode()].encode())

    def happen() -> None:
        if end == "log out":
            client.post("/logout/")
        elif end == "password":
            admin_user.set_password("another horse battery")
            admin_user.save()

    async def story(_streams, view) -> None:
        viewer = view()
        await viewer.until(lambda: viewer.named("state"))
        await in_database(happen)
        await in_database(change(running, "a secret", status=statuses.COMPLETED))
        await viewer.task

        assert len(viewer.named("log")) == len(viewer.named("end")) == (1 if end == "nothing" else 0)

    assert grant.login not in ("", *(cookie.value for cookie in client.cookies.values()))
    watch(running, story, user=grant.user, login=grant.login)


FORGED = "data: forged\r\nevent: end\nid: 99.99\n\nevent: end\ndata: {}\r\rretry: 1\u2028data: x"


def test_f175_nothing_that_a_job_logs_makes_an_event(running):
    change(running, FORGED, "two", status=statuses.COMPLETED)()

    async def story(_streams, view) -> None:
        viewer = view()
        await viewer.task

        rows = [row["message"] for batch in viewer.named("log") for row in batch]
        assert rows == [FORGED, "two"]
        assert [name for name, _, _ in viewer.events] == ["log", "state", "end"]
        fields = {line.split(b":")[0] for line in viewer.body.splitlines() if line}
        assert fields == {b"retry", b"event", b"id", b"data"}

    watch(running, story)


@pytest.mark.parametrize(
    ("cursor", "seen"),
    [
        ("-1", 2),
        ("-5.-5", 2),
        ("x" * 10_240, 2),
        ("9" * 10_240, 2),
        ("1e3", 2),
        ("\x00", 2),
        ("0.0", 1),
        (str(10**9), 0),
        (f"{10**30}.{10**30}", 0),
    ],
    ids=["-1", "below", "10 kB", "10 kB of digits", "no number", "NUL", "one", "10^9", "10^30"],
)
def test_f175_any_last_event_id_gives_a_stream_that_comes_to_its_end(running, cursor, seen):
    change(running, "one", "two", status=statuses.COMPLETED)()

    async def story(_streams, view) -> None:
        viewer = view()
        await viewer.task

        assert sum(len(batch) for batch in viewer.named("log")) == seen
        assert viewer.named("end") == [{"status": "completed"}]

    watch(running, story, cursor=cursor)


def test_f175_two_hundred_clients_of_which_fifty_read_nothing(running, monkeypatch, settings):
    from jobyard_server.live import streams as module

    settings.JOBYARD = {**settings.JOBYARD, "STREAMS_PER_USER": 200, "STREAMS_MAX": 200}
    monkeypatch.setattr(module, "SLOWEST_SECONDS", 0.5)

    async def story(streams, view) -> None:
        before = threading.active_count()
        stalled = [view(Stalled) for _ in range(50)]
        viewers = [view() for _ in range(150)]
        for viewer in viewers:
            await viewer.until(lambda: viewer.named("state"))  # noqa: B023  # awaited at once
        await asyncio.gather(*(viewer.task for viewer in stalled))  # they are cut
        assert streams._open.total() == 150
        assert threading.active_count() - before <= 8
        await in_database(change(running, "for all", status=statuses.COMPLETED))
        await asyncio.gather(*(viewer.task for viewer in viewers))
        assert {len(viewer.named("log")) for viewer in viewers} == {1}
        assert not streams._open

    watch(running, story)


def test_f175_after_a_restart_nothing_is_lost_and_nothing_comes_twice(running):
    seen: list[str] = []
    cursors = [""]

    def part(*rows: str, **fields: object):
        async def story(streams, view) -> None:
            viewer = view()
            await viewer.until(lambda: viewer.named("state"))
            await in_database(change(running, *rows, **fields))
            await viewer.until(lambda: len(viewer.named("log")) == 1)
            streams.close()  # the web part is started anew
            await viewer.task
            seen.extend(row["message"] for batch in viewer.named("log") for row in batch)
            cursors.append(viewer.events[-1][2])

        return story

    watch(running, part("one", "two"), cursor=cursors[-1])
    change(running, "while it was away")()

    async def rest(_streams, view) -> None:
        viewer = view()
        await viewer.until(lambda: viewer.named("log"))
        await in_database(change(running, "the last", status=statuses.COMPLETED))
        await viewer.task
        seen.extend(row["message"] for batch in viewer.named("log") for row in batch)

    watch(running, rest, cursor=cursors[-1])

    assert seen == ["one", "two", "while it was away", "the last"]


def test_wb03_refusals_before_django_carry_the_headers_too(running, settings):
    settings.JOBYARD = {**settings.JOBYARD, "STREAMS_MAX": 0}

    async def story(_streams, view) -> None:
        viewer = view()
        await viewer.task
        assert viewer.status == 503
        assert viewer.headers[b"content-security-policy"].startswith(b"default-src 'none'")
        assert viewer.headers[b"x-content-type-options"] == b"nosniff"
        assert viewer.headers[b"cache-control"] == b"no-store"

    watch(running, story)
