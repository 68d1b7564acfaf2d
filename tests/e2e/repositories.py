"""Real Git repositories to push to."""

from __future__ import annotations

import subprocess
import textwrap
from pathlib import Path


class Repository:
    """A bare repository and a working clone of it."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.bare = folder / "remote.git"
        self.work = folder / "work"
        git(folder, "init", "--quiet", "--bare", "--initial-branch=main", str(self.bare))
        git(folder, "clone", "--quiet", str(self.bare), str(self.work))

    @property
    def url(self) -> str:
        return f"file://{self.bare}"

    def push(self, message: str = "Change jobs", **modules: str | None) -> str:
        """Commit job modules (None deletes one) and push; the commit."""
        commit = self.commit(message, **modules)
        self.push_commits()
        return commit

    def commit(self, message: str = "Change jobs", **modules: str | None) -> str:
        (self.work / "jobs").mkdir(exist_ok=True)
        for name, text in modules.items():
            path = self.work / "jobs" / f"{name}.py"
            path.unlink() if text is None else path.write_text(textwrap.dedent(text))
        git(self.work, "add", "--all")
        git(self.work, "commit", "--quiet", "--message", message)
        return git(self.work, "rev-parse", "HEAD")

    def push_commits(self) -> None:
        git(self.work, "push", "--quiet", "origin", "HEAD:main")


def git(folder: Path, *arguments: str) -> str:
    identity = [
        "-c",
        "user.name=Alice",
        "-c",
        "user.email=alice@example.com",
        "-c",
        "init.defaultBranch=main",
    ]
    command = ["git", *identity, *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"
    return done.stdout.strip()
