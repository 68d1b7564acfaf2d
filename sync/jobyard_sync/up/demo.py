"""The demo content: a folder of jobs and a small Git repository, both yours to change."""

from __future__ import annotations

import shutil
from pathlib import Path

import jobyard_server

CONTENT = Path(jobyard_server.__file__).parent / "demo"
SLUG = "demo"
NAME, EMAIL = "jobyard demo", "demo@localhost"
CONFIG = """\
[core]
\trepositoryformatversion = 0
\tfilemode = true
\tbare = {bare}
"""
CLONE = """\
[user]
\tname = {name}
\temail = {email}
[remote "origin"]
\turl = {remote}
\tfetch = +refs/heads/*:refs/remotes/origin/*
[branch "main"]
\tremote = origin
\tmerge = refs/heads/main
"""


def install_demo(data_dir: Path, jobs_root: Path) -> None:
    """Fill an empty JOBS_ROOT; make the repository and its source; leave alone what exists."""
    _fill_jobs_root(jobs_root)
    bare = _make_repository(data_dir / "demo")
    _add_source(bare)


def _fill_jobs_root(jobs_root: Path) -> None:
    jobs_root.mkdir(parents=True, exist_ok=True)
    if all(file.name == "__init__.py" for file in jobs_root.glob("*.py")):
        for file in sorted((CONTENT / "jobs_root").glob("*.py")):
            shutil.copyfile(file, jobs_root / file.name)
        (jobs_root / "__init__.py").touch()


def _make_repository(folder: Path) -> Path:
    """``demo.git``, the bare repository, and ``work``, a clone to edit, commit and push from."""
    bare = folder / "demo.git"
    if not bare.exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        work = folder / "work"
        shutil.copytree(CONTENT / "repository", work, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
        _write_skeleton(
            work / ".git", CONFIG.format(bare="false") + CLONE.format(name=NAME, email=EMAIL, remote=bare)
        )
        _commit(work)
        _publish(work / ".git", folder / "demo.git.draft", bare)
    return bare


def _write_skeleton(folder: Path, config: str) -> None:
    """An empty repository, by hand: `git init` would copy the user's template with its hooks."""
    for name in ("objects/info", "objects/pack", "refs/heads", "refs/tags"):
        (folder / name).mkdir(parents=True)
    (folder / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    (folder / "config").write_text(config, encoding="utf-8")


def _commit(work: Path) -> None:
    from git import Actor, Repo  # noqa: PLC0415  # slow to import, needed once

    author = Actor(NAME, EMAIL)
    with Repo(work, expand_vars=False) as repository:
        repository.index.add(["README.md", "jobs"])
        repository.index.commit("Add a job that greets.", author=author, committer=author, skip_hooks=True)


def _publish(source: Path, draft: Path, bare: Path) -> None:
    """The same objects as a bare repository, complete or not at all."""
    _write_skeleton(draft, CONFIG.format(bare="true"))
    shutil.copytree(source / "objects", draft / "objects", dirs_exist_ok=True)
    shutil.copytree(source / "refs", draft / "refs", dirs_exist_ok=True)
    shutil.copytree(source / "refs/heads", source / "refs/remotes/origin")
    draft.rename(bare)


def _add_source(bare: Path) -> None:
    from jobyard_server.registry.models import GitRepository  # noqa: PLC0415  # needs Django
    from jobyard_server.registry.repositories import add_repository  # noqa: PLC0415  # needs Django

    if not GitRepository.objects.filter(slug=SLUG).exists():
        add_repository(name="Demo", slug=SLUG, remote_url=f"file://{bare}", branch="main")
