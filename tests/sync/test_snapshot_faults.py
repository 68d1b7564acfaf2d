"""What may happen to snapshots and to what is in them, named after the catalogue of faults."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import zipfile

import pytest
from tests.sync.cast import good
from tests.sync.test_publishing_faults import process, waiting_run
from tests.sync.up.tree import COMMAND

from jobyard_server.access.models import User
from jobyard_server.registry.lookup import find_job
from jobyard_server.registry.models import Module, Revision, Source
from jobyard_server.registry.places import snapshot_store
from jobyard_server.registry.snapshots import needed_digests
from jobyard_sync.errors import SyncError
from jobyard_sync.own_folders import check_own_folders
from jobyard_sync.repair import repair_snapshots

__all__ = ["process"]  # a fixture

READER = """
import sys, django; django.setup()
from jobyard_server.registry.models import Source
from jobyard_server.registry.places import snapshot_store
store, looks, errors = snapshot_store(), 0, 0
print("ready", flush=True)
while not sys.stdin.closed:
    for source in Source.objects.filter(revision__isnull=False).select_related("revision"):
        looks += 1
        errors += not store.verify(source.revision.snapshot_digest)
    if looks >= 300:
        break
print(looks, errors, flush=True)
"""
CLEAN_UP = """
import uuid, django; django.setup()
from jobyard_sync.clean_up import clean_up
from jobyard_sync.tools import Tools
clean_up(Tools.from_settings(holder=uuid.uuid4(), zygote=None))
"""


@pytest.mark.django_db(transaction=True)
def test_f43_a_reader_never_meets_half_a_snapshot(follow, process, tmp_path):
    """500 publications with ``JOBYARD_TEST_VOLUME=full``, as the catalogue has it: two minutes."""
    least = 500 if os.environ.get("JOBYARD_TEST_VOLUME") == "full" else 4
    followed = follow({"jobs/a.py": good("A0"), **{f"jobs/d{n}.py": good(f"D{n}") for n in range(10)}})
    number = 0
    with (tmp_path / "out").open("w+") as out:
        reader = process(READER.replace("300", str(75 * least)), stdout=out)
        while reader.poll() is None or number < least:
            number += 1
            followed.push({"jobs/a.py": good(f"A{number}")})
        out.seek(0)
        looks, errors = map(int, out.read().split()[1:])
    assert (looks >= 75 * least, errors) == (True, 0)


@pytest.mark.django_db
def test_f45_a_module_that_writes_beside_itself_changes_no_snapshot(follow):
    writes = """
import pathlib
here = pathlib.Path(__file__)
FAILED = 0
for path in (here, here.with_suffix(".new"), here.parent / "__pycache__" / "x.pyc"):
    try:
        path.parent.mkdir(exist_ok=True)
        path.write_text("forged")
    except OSError:
        FAILED += 1
assert FAILED == 3
"""
    followed = follow({"jobs/writes.py": writes + good("Writes")})

    assert followed.installed == ["writes/Writes"]
    assert snapshot_store().verify(Source.objects.get(key="git.lab").revision.snapshot_digest)


@pytest.mark.django_db(transaction=True)
def test_f47_a_run_that_is_accepted_while_clean_up_works_keeps_its_files(follow, process, settings):
    settings.JOBYARD = {**settings.JOBYARD, "SNAPSHOT_KEEP": 1}
    followed = follow({"jobs/a.py": good("A0")})
    for number in range(3):
        followed.push({"jobs/a.py": good(f"A{number + 1}")})
    user = User.objects.create(username="alice")
    cleaning = process(CLEAN_UP, "gc.marked=sleep:1.5", JOBYARD_SNAPSHOT_KEEP="1")

    runs = []
    while cleaning.poll() is None:
        runs.append(waiting_run(find_job(followed.class_paths[0]), user))
        threading.Event().wait(0.05)

    assert cleaning.returncode == 0
    assert len(snapshot_store().digests()) == 1
    assert all(snapshot_store().verify(run.revision.snapshot_digest) for run in runs)


@pytest.mark.django_db
def test_f50_what_a_restored_database_knows_is_made_again_and_never_something_else(follow, tools):
    followed = follow({"jobs/kept.py": good("Kept"), "jobs/a.py": good("One")})
    older = followed.revision(followed.head)
    followed.push({"jobs/a.py": good("Two"), "jobs/kept.py": "raise ValueError"})
    needed = needed_digests(keep=0)
    for digest in tools.store.digests():
        tools.store.remove(digest)
    shutil.rmtree(tools.mirrors)

    made = repair_snapshots(tools)

    assert (made, set(tools.store.digests())) == (2, needed)
    assert Module.objects.get(name="kept").revision == older
    assert repair_snapshots(tools) == 0
    # A commit that exists nowhere any more:
    tools.store.remove(older.snapshot_digest)
    Revision.objects.filter(pk=older.pk).update(identifier="d" * 40)
    assert repair_snapshots(tools) == 0
    error = Source.objects.get(key="git.lab").error
    assert error.startswith(
        f"The files of the published commit {'d' * 12} are lost and cannot be made again: "
    )
    assert older.snapshot_digest not in tools.store.digests()


def test_f52_folders_that_are_links_stop_the_start_with_one_line(tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    data_dir = tmp_path / "data"
    data_dir.mkdir()
    check_own_folders(data_dir)  # nothing is there yet, which is fine
    (data_dir / "snapshots").symlink_to(elsewhere)

    with pytest.raises(SyncError, match="is a link"):
        check_own_folders(data_dir)
    call = [*COMMAND, "up", "--port", "0", "--data-dir", str(data_dir)]
    started = subprocess.run(call, capture_output=True, text=True, timeout=60, check=False)

    assert (started.returncode, started.stdout) == (1, "")
    (line,) = started.stderr.splitlines()
    assert line == f"{data_dir}/snapshots is a link; move the folder itself there, or set JOBYARD_DATA_DIR."


def test_op03_a_key_that_others_can_read_stops_the_start(tmp_path):
    key = tmp_path / "keys" / "secret-key"
    key.parent.mkdir()
    key.touch(mode=0o600)
    check_own_folders(tmp_path)
    key.chmod(0o644)

    with pytest.raises(SyncError, match=r"secret-key can be read by other accounts; run `chmod go= "):
        check_own_folders(tmp_path)


@pytest.mark.django_db
def test_f92_f100_only_text_that_people_see_is_executed(follow, tmp_path):
    """Compiled files, path files, extensions and archives in a repository are left out or inert."""
    marker = tmp_path / "marker"
    marks = f"open({str(marker)!r}, 'w')\n"
    followed = follow({"jobs/hello.py": good()})
    jobs = followed.repo.folder / "jobs"
    (jobs / "__pycache__").mkdir()
    compile_to = jobs / "__pycache__" / f"hello.{sys.implementation.cache_tag}.pyc"
    source = tmp_path / "evil.py"
    source.write_text(marks + good("Evil"))
    compiled = f"import py_compile; py_compile.compile({str(source)!r}, {str(compile_to)!r})"
    subprocess.run([sys.executable, "-c", compiled], check=True)
    shutil.copy(compile_to, jobs / "legacy.pyc")
    (jobs / "evil.pth").write_text(f"import os; {marks}")
    (jobs / "native.so").write_bytes(b"\x7fELF")
    with zipfile.ZipFile(jobs / "packed.zip", "w") as packed:
        packed.writestr("packed/__init__.py", marks)
    modules = {
        "jobs/spaced/inner.py": good("Inner"),
        "jobs/uses.py": "from .spaced.inner import Inner\n" + good("Uses"),
        **{f"jobs/needs_{name}.py": f"import {name}\n" for name in ("native", "packed", "legacy")},
    }

    result = followed.push(modules)

    assert followed.installed == ["hello/Hello", "uses/Uses"]
    failed = Module.objects.filter(load_error__isnull=False).order_by("name")
    assert [(row.name, row.load_error["line"]) for row in failed] == [
        ("needs_legacy", 1),
        ("needs_native", 1),
        ("needs_packed", 1),
    ]
    assert all("which is not installed here" in row.load_error["message"] for row in failed)
    assert not marker.exists()
    told = "\n".join(row.message for row in result.logs.all())
    assert [name for name in ("native.so", "legacy.pyc", "evil.pth") if name not in told] == [], told


def test_f53_a_storm_of_changes_is_a_few_looks(tmp_path):
    from jobyard_sync.triggers.watch import LONGEST_SECONDS, FolderWatch

    folder = tmp_path / "watched"
    folder.mkdir()
    watch = FolderWatch(folder)
    watch.start()
    done = threading.Event()

    def storm() -> None:
        for number in range(20_000):
            (folder / f"f{number % 50}.py").write_text(str(number))
        done.set()

    writer = threading.Thread(target=storm)
    writer.start()
    looks = []
    try:
        import time

        started = time.monotonic()
        while watch.wait(1.0) or not done.is_set():
            looks.append(time.monotonic() - started)
    finally:
        writer.join()
        watch.stop()

    assert 1 <= len(looks) <= 2 + looks[-1] / (LONGEST_SECONDS / 2)
