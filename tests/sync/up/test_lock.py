"""One `jobyard up` per data folder."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from jobyard_sync.up.errors import AlreadyRunningError
from jobyard_sync.up.lock import data_folder_lock

HOLD = """
import pathlib, sys
from jobyard_sync.up.lock import data_folder_lock
with data_folder_lock(pathlib.Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    return process


def test_a_folder_in_use_is_refused_with_the_number_of_its_holder(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        with pytest.raises(AlreadyRunningError) as refused, data_folder_lock(tmp_path):
            pytest.fail("two processes hold one folder")
        process.kill()

    assert str(refused.value) == (
        f"jobyard already runs on {tmp_path} (process {process.pid}); stop it, or use another --data-dir."
    )


def test_a_killed_holder_leaves_the_folder_free(tmp_path: Path) -> None:
    with holder(tmp_path) as process:
        process.send_signal(signal.SIGKILL)

    with data_folder_lock(tmp_path):
        assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"


def test_a_forked_part_does_not_keep_the_folder(tmp_path: Path) -> None:
    code = HOLD.replace("sys.stdin.read()", "import os; os.fork() or sys.stdin.read()\n    os._exit(0)")
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout
        assert parent.stdout.readline() == "held\n"
        parent.kill()
        parent.wait()

        with data_folder_lock(tmp_path):
            pass


def test_the_folder_is_made_and_stays_passable_for_the_account_of_the_database(tmp_path: Path) -> None:
    with data_folder_lock(tmp_path / "new"):
        assert (tmp_path / "new").stat().st_mode & 0o777 == 0o711
        assert (tmp_path / "new" / "lock").stat().st_mode & 0o777 == 0o600
