"""A run that is watched while it goes on, over a real connection."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

from tests.e2e.installation import TOKEN, until

WATCHED = """
import time

from jobyard import Job, StringVar
from nautobot.dcim.models import Region


class Watched(Job):
    class Meta:
        has_sensitive_variables = False

    flag = StringVar()

    def run(self, data, commit):
        self.progress(1, 2, "half")
        self.log_info(message="began")
        while not Region.objects.filter(slug=data["flag"]).exists():
            time.sleep(0.02)
        self.create_file("report.txt", "all is well")
        return "ended"
"""


def events(installation, result_id: str, **headers: str) -> Iterator[tuple[str, object, str]]:
    """Name, data and id of each event, as they come."""
    address = urlsplit(installation.url).netloc
    sent = {"Authorization": f"Token {TOKEN}", "Accept": "text/event-stream", **headers}
    with closing(http.client.HTTPConnection(address, timeout=60)) as connection:
        connection.request("GET", f"/api/extras/job-results/{result_id}/stream/", headers=sent)
        with connection.getresponse() as answer:
            assert answer.status == 200
            assert answer.headers["Content-Type"].startswith("text/event-stream")
            yield from read_events(answer)


def read_events(answer: http.client.HTTPResponse) -> Iterator[tuple[str, object, str]]:
    block: dict[str, str] = {}
    while line := answer.readline().decode():
        name, _, value = line.rstrip("\n").partition(": ")
        if name:
            block[name] = value
        elif "event" in block:
            yield block["event"], json.loads(block["data"]), block["id"]
            block = {}


def test_a_run_is_followed_from_its_start_to_its_files(installation):
    installation.save("watched", WATCHED)
    until(installation.job_ids, lambda ids: "local/watched/Watched" in ids)
    flag = "go-on"
    result_id = installation.start_run("local/watched/Watched", {"flag": flag})
    stream = events(installation, result_id)

    seen = []
    for name, data, cursor in stream:
        seen.append((name, data))
        if name == "log":
            last_seen = cursor
            if len([name for name, _ in seen if name == "log"]) == 1:
                installation.request("POST", "/api/dcim/regions/", {"name": flag, "slug": flag})
    again = [
        (name, data) for name, data, _ in events(installation, result_id, **{"Last-Event-ID": last_seen})
    ]

    assert {"log", "progress", "state", "file"} <= {name for name, _ in seen}
    assert messages(seen)[0] == "began"
    assert seen[-1] == again[-1] == ("end", {"status": "completed"})
    assert messages(again) == []
    (file,) = installation.get(f"/api/extras/job-results/{result_id}/files/")
    assert (file["name"], file["size"]) == ("report.txt", 11)


def messages(seen: list[tuple[str, object]]) -> list[str]:
    return [row["message"] for name, rows in seen if name == "log" for row in rows]
