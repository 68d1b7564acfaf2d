from __future__ import annotations

import re
import signal
import subprocess
import urllib.request
from pathlib import Path

from tests.e2e.installation import JOBYARD, until


def test_a_fresh_folder_gets_ready(installation):
    health = installation.get("/health/ready", token=None)

    assert health["status"] == "ok"
    assert set(health["components"]) >= {"database", "sync", "worker", "scheduler"}


def test_a_fresh_folder_has_its_style_sheets_and_scripts(installation):
    page = urllib.request.urlopen(f"{installation.url}/login/").read().decode()
    files = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)

    assert len(files) > 5
    for file in files:
        with urllib.request.urlopen(f"{installation.url}{file}") as answer:
            assert "immutable" in answer.headers["Cache-Control"], file


def test_a_second_start_on_the_same_folder_refuses_with_a_sentence(installation):
    second = subprocess.run(
        [JOBYARD, "up", "--port", "0"],
        env=installation.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert second.returncode == 1
    assert "already runs on" in second.stderr
    assert "Traceback" not in second.stderr
    assert second.stdout == ""


def test_after_the_death_of_everything_the_next_start_recovers(private_installation):
    installation = private_installation()
    installation.start()
    installation.save("waits", WAITS)
    until(installation.job_ids, lambda ids: "local/waits/Waits" in ids)
    ended = installation.run("local/waits/Waits", {"seconds": 0})
    running = installation.start_run("local/waits/Waits", {"seconds": 60})
    until(lambda: installation.messages(running), lambda messages: messages == ["waiting"])

    installation.kill_everything()
    installation.start()

    lost = installation.finished(running)
    assert lost["status"]["value"] == "errored"
    assert lost["status_reason"] == "worker_lost"
    assert installation.result(ended["id"])["status"]["value"] == "completed"
    assert installation.run("local/waits/Waits", {"seconds": 0})["status"]["value"] == "completed"


def test_sigterm_ends_the_tree_in_order_and_leaves_no_process(private_installation):
    installation = private_installation()
    installation.start()
    tree = installation.tree()
    assert len(tree) >= 5

    code = installation.stop()

    assert code == 0
    assert not [pid for pid in tree if is_alive(pid)]


def test_ctrl_c_is_as_good_as_sigterm(private_installation):
    installation = private_installation()
    installation.start()

    installation.process.send_signal(signal.SIGINT)

    assert installation.await_end() == 0


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


WAITS = """
import time

from jobyard import IntegerVar, Job


class Waits(Job):
    seconds = IntegerVar()

    def run(self, data, commit):
        self.log_info(message="waiting")
        time.sleep(data["seconds"])
"""
