"""A forge tells of a push: signed calls against a running installation, until the commit is visible."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import socket
import threading
import uuid
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from tests.e2e.installation import until
from tests.repos.git_http import GitServer
from tests.server.webhooks.senders import ALL, headers_of, push_body

JOB = """
from jobyard import Job


class Hello(Job):
    def run(self, data, commit):
        return "{text}"
"""
SYNCS = "/api/extras/job-results/?obj_type=extras.gitrepository&limit=1000"


@pytest.fixture
def address(repository):
    """Of the repository, where nothing tells of a push but a webhook."""
    with GitServer(repository.bare.parent) as server:
        yield server.url(repository.bare.name)


@pytest.fixture
def hooked(installation, repository, address):
    """A repository that is heard of by its webhook only, and that hook."""
    repository.push(hello=JOB.format(text="one"))
    name = f"hooked-{uuid.uuid4().hex[:8]}"
    record = {"name": name, "remote_url": address, "poll_interval": 0}
    added = installation.request("POST", "/api/extras/git-repositories/", record).body
    until(installation.job_ids, lambda ids: f"git.{name}/hello/Hello" in ids)
    hooks = f"/api/extras/git-repositories/{added['id']}/webhooks/"
    hook = installation.request("POST", hooks, {"provider": "github"}).body
    return name, hook


def call(connection, hook, *, secret=None):
    body = json.dumps({"ref": "refs/heads/main", "after": "a" * 40}).encode()
    digest = hmac.new((secret or hook["secret"]).encode(), body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "X-GitHub-Event": "push",
        "X-GitHub-Delivery": str(uuid.uuid4()),
        "X-Hub-Signature-256": f"sha256={digest}",
    }
    connection.request("POST", urlsplit(hook["address"]).path, body, headers)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())


def connect(installation):
    place = urlsplit(installation.url)
    return http.client.HTTPConnection(place.hostname, place.port, timeout=30)


def syncs_of(installation, name):
    return [row for row in installation.get(SYNCS)["results"] if row["name"] == name]


def state_of(installation, delivery):
    return installation.get(f"/api/extras/webhook-deliveries/{delivery}/")["state"]


def test_a_push_is_told_of_followed_and_run(installation, repository, hooked):
    name, hook = hooked
    repository.push(hello=JOB.format(text="two"))

    with closing(connect(installation)) as connection:
        status, receipt = call(connection, hook)

    assert (status, receipt["status"]) == (202, "accepted")
    until(lambda: state_of(installation, receipt["id"]), lambda state: state == "visible")
    assert installation.run(f"git.{name}/hello/Hello")["data"]["output"] == "\ntwo"


def test_a_call_of_every_provider_is_followed_until_its_push_is_visible(installation, repository, hooked):
    name, _ = hooked
    (record,) = installation.get(f"/api/extras/git-repositories/?name={name}")["results"]
    hooks = f"/api/extras/git-repositories/{record['id']}/webhooks/"
    made = {kind: installation.request("POST", hooks, {"provider": kind}).body for kind in ALL}
    repository.push(hello=JOB.format(text="of all"), later=JOB.format(text="new"))

    receipts = {}
    with closing(connect(installation)) as connection:
        for kind, hook in made.items():
            body = push_body(kind)
            headers = {"Content-Type": "application/json", **headers_of(kind, hook["secret"], body)}
            connection.request("POST", urlsplit(hook["address"]).path, body, headers)
            answer = connection.getresponse()
            receipts[kind] = answer.status, json.loads(answer.read())

    assert {kind: status for kind, (status, _) in receipts.items()} == dict.fromkeys(ALL, 202)
    for _, receipt in receipts.values():
        until(lambda key=receipt["id"]: state_of(installation, key), lambda state: state == "visible")
    assert f"git.{name}/later/Hello" in installation.job_ids()


def test_f141_a_storm_of_good_and_bad_calls_is_a_few_syncs_and_nothing_is_lost(
    installation, repository, hooked
):
    name, hook = hooked
    before = len(syncs_of(installation, name))
    repository.push(hello=JOB.format(text="storm"))
    accepted, refused = [], []

    def work() -> None:
        with closing(connect(installation)) as connection:
            for number in range(100):
                status, answer = call(connection, hook, secret="wrong" * 8 if number % 3 == 2 else None)
                (accepted if status == 202 else refused).append(answer.get("id", status))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(accepted), set(refused)) == (201, {403})
    until(
        lambda: {state_of(installation, one) for one in (accepted[0], accepted[-1])},
        lambda states: states == {"visible"},
    )
    hook_url = f"/api/extras/webhooks/{hook['id']}/deliveries/"
    assert {row["state"] for row in installation.get(hook_url)} == {"visible"}
    assert len(syncs_of(installation, name)) - before <= 3
    assert installation.run(f"git.{name}/hello/Hello")["data"]["output"] == "\nstorm"


def test_f138_a_body_that_is_too_large_is_refused_before_it_is_read(installation, hooked):
    _, hook = hooked
    place = urlsplit(installation.url)
    path = urlsplit(hook["address"]).path.encode()
    head = b"POST " + path + b" HTTP/1.1\r\nHost: " + place.netloc.encode() + b"\r\n"
    announced = head + b"Content-Length: 1073741824\r\n\r\n"
    endless = head + b"Transfer-Encoding: chunked\r\n\r\n" + b"10000\r\n" + b"x" * 65536 + b"\r\n"

    for start, more in ((announced, b""), (endless, b"10000\r\n" + b"x" * 65536 + b"\r\n")):
        with socket.create_connection((place.hostname, place.port), 30) as stream:
            answer = _send(stream, start, more)
        assert answer.startswith(b"HTTP/1.1 413"), answer[:80]


def _send(stream, start, more):
    """The first bytes of the answer; *more* is sent for as long as the other side takes it."""
    stream.settimeout(30)
    try:
        stream.sendall(start)
        for _ in range(40 if more else 0):
            stream.sendall(more)
    except (BrokenPipeError, ConnectionResetError):
        pass  # refused in the middle of it
    try:
        return stream.recv(4096)
    except ConnectionResetError:
        return b""
