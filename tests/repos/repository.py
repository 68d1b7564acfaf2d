"""A real bare repository for tests, written by ``git fast-import``: any path, any mode, any history."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (
    ("NAME", "Alice"), ("EMAIL", "alice@example.com"), ("DATE", "1700000000 +0000"))}  # fmt: skip
CLEAN = {"PATH": os.defpath, "HOME": "/nonexistent", "GIT_CONFIG_NOSYSTEM": "1", **IDENTITY}

Content = str | bytes | tuple[str, bytes]  # text of a plain file, or mode and bytes


def git(folder: Path, *command: str, data: bytes = b"") -> str:
    call = ["git", f"--git-dir={folder}", *command]
    return (
        subprocess.run(call, env=CLEAN, input=data, check=True, capture_output=True).stdout.decode().strip()
    )


class Repository:
    """Only bare: there is no work tree that could differ from what was committed."""

    def __init__(self, path: Path, *init: str) -> None:
        self.path = path
        subprocess.run(
            ["git", "init", "--quiet", "--bare", "--initial-branch=main", *init, str(path)],
            env=CLEAN,
            check=True,
        )

    def git(self, *command: str, data: bytes = b"") -> str:
        return git(self.path, *command, data=data)

    def commit(
        self,
        files: dict[str, Content],
        branch: str = "main",
        *,
        message: str = "Change.",
        parent: str | None = None,
    ) -> str:
        """Commit exactly these files; *parent* ``""`` starts an unrelated history."""
        start = self.head(branch) if parent is None else parent
        lines = [f"commit refs/heads/{branch}\n".encode()]
        lines += [b"committer Alice <alice@example.com> 1700000000 +0000\n", _data(message.encode())]
        lines += [f"from {start}\n".encode()] if start else []
        lines += [b"deleteall\n", *(_file(path, content) for path, content in files.items())]
        if not start:
            lines.insert(0, f"reset refs/heads/{branch}\n".encode())
        self.git("fast-import", "--quiet", "--force", data=b"".join(lines))
        return self.head(branch)

    def head(self, branch: str = "main") -> str:
        return self.git("for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")

    def move(self, branch: str, commit_id: str) -> None:
        self.git("update-ref", f"refs/heads/{branch}", commit_id)

    def delete_branch(self, branch: str) -> None:
        self.git("update-ref", "-d", f"refs/heads/{branch}")


def raw_tree(folder: Path, *entries: tuple[str, bytes, str]) -> str:
    """A tree object with any mode and any name, as no honest git would write it."""
    data = b"".join(
        mode.encode() + b" " + name + b"\0" + bytes.fromhex(object_id) for mode, name, object_id in entries
    )
    return git(folder, "hash-object", "-t", "tree", "-w", "--literally", "--stdin", data=data)


def raw_blob(folder: Path, content: bytes) -> str:
    return git(folder, "hash-object", "-w", "--stdin", data=content)


def raw_commit(folder: Path, tree: str, extra: bytes = b"") -> str:
    data = b"tree %s\nauthor A <a@example.com> 1 +0000\ncommitter A <a@example.com> 1 +0000\n%s\nx\n"
    text = data % (tree.encode(), extra)
    return git(folder, "hash-object", "-t", "commit", "-w", "--literally", "--stdin", data=text)


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def _file(path: str, content: Content) -> bytes:
    mode, data = content if isinstance(content, tuple) else ("100644", content)
    data = data.encode() if isinstance(data, str) else data
    quoted = path.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    if mode == "160000":
        return b'M 160000 %s "%s"\n' % (data, quoted.encode())
    return b'M %s inline "%s"\n%s' % (mode.encode(), quoted.encode(), _data(data))
