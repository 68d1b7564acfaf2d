"""The demo repository, made without running git."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from jobyard_sync.up import demo


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    return demo._make_repository(tmp_path / "demo")


def test_git_finds_nothing_wrong_with_either_repository(bare: Path) -> None:
    for folder in (bare, bare.parent / "work"):
        git(folder, "fsck", "--strict")
    assert git(bare, "rev-parse", "--is-bare-repository") == "true"
    assert git(bare, "ls-tree", "-r", "--name-only", "main").splitlines() == [
        "README.md",
        "jobs/__init__.py",
        "jobs/greetings.py",
        "jobs/helpers.py",
    ]


def test_the_clone_is_clean_and_follows_the_bare_repository(bare: Path) -> None:
    work = bare.parent / "work"

    assert git(work, "status", "--porcelain=v1", "--branch") == "## main...origin/main"


def test_an_edit_is_committed_and_pushed_with_plain_git(bare: Path) -> None:
    work = bare.parent / "work"
    (work / "jobs" / "more.py").write_text("")

    git(work, "add", "jobs/more.py")
    git(work, "commit", "-m", "Add more.")
    git(work, "push")

    assert git(bare, "log", "-1", "--format=%s", "main") == "Add more."


def test_what_exists_is_left_alone(bare: Path) -> None:
    before = git(bare, "rev-parse", "main")

    assert demo._make_repository(bare.parent) == bare
    assert git(bare, "rev-parse", "main") == before


def test_an_interrupted_start_is_done_again(tmp_path: Path) -> None:
    (tmp_path / "demo" / "demo.git.draft" / "objects").mkdir(parents=True)

    bare = demo._make_repository(tmp_path / "demo")

    git(bare, "fsck", "--strict")


def test_a_jobs_root_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("")

    demo._fill_jobs_root(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["mine.py"]


def test_an_empty_jobs_root_gets_the_demo_jobs(tmp_path: Path) -> None:
    demo._fill_jobs_root(tmp_path / "jobs")

    names = {path.name for path in (tmp_path / "jobs").iterdir()}
    assert names >= {"__init__.py", "first_steps.py", "all_inputs.py"}


def test_the_file_that_every_start_makes_does_not_count_as_content(tmp_path: Path) -> None:
    (tmp_path / "__init__.py").touch()

    demo._fill_jobs_root(tmp_path)

    assert (tmp_path / "first_steps.py").exists()
