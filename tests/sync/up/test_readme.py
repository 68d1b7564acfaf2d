"""The commands of README and of the first guide, as a newcomer types them."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.sync.up.tree import Tree, until

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shutil.which("curl"), reason="the documents call curl"),
]
ROOT = Path(__file__).parents[3]


def blocks(document: str) -> list[str]:
    """The shell blocks after the one that starts jobyard."""
    found = re.findall(r"```sh\n(.*?)```", (ROOT / document).read_text(), flags=re.DOTALL)
    return found[found.index("make run\n") + 1 :]


class Newcomer:
    """Somebody in a clone in which `make run` was started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o711)
        (folder / ".venv").symlink_to(ROOT / ".venv")
        self.tree = Tree(folder / "var", "--demo")
        self.exports = ""

    def type(self, block: str) -> str:
        """Each block in a shell that stops at the first error; what was exported before counts."""
        scratch = str(self.folder / "tmp")
        text = block.replace("127.0.0.1:8080", f"127.0.0.1:{self.tree.port}").replace("/tmp/", f"{scratch}/")
        text = re.sub(r"^TOKEN=.*$", "", text, flags=re.MULTILINE)
        self.exports += "".join(re.findall(r"^export .*\n", text, flags=re.MULTILINE))
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", f"{self.exports}\n{text}"],
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(self.folder),
                "USER": "newcomer",
                "TOKEN": self.tree.account()["token"],
            },
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert done.returncode == 0, f"{text}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def wait_for(self, class_path: str) -> None:
        """A person takes a moment, too."""
        token = self.tree.account()["token"]
        until(lambda: self.tree.get(f"/api/extras/jobs/{class_path}/", token=token)[0] == 200, 30)


@pytest.fixture
def newcomer(test_base: Path) -> Iterator[Newcomer]:
    newcomer = Newcomer(test_base / f"clone-{secrets.token_hex(4)}")
    try:
        newcomer.tree.wait_until_ready()
        yield newcomer
    finally:
        newcomer.tree.close()


def test_the_readme_leads_from_a_clone_to_the_run_of_a_pushed_job(newcomer):
    save, run, push, ask = blocks("README.md")

    newcomer.wait_for("git.demo/greetings/Greet")
    newcomer.type(save)
    newcomer.wait_for("local/mine/Greet")
    ran = newcomer.type(run)
    pushed = newcomer.type(push)
    answer = newcomer.type(ask)

    assert "success: Hello world.\n" in ran
    assert "local/mine/Greet: SUCCESS\n" in ran
    assert "success: Hello Ada.\n" in pushed
    assert "git.demo/mine/Greet: SUCCESS\n" in pushed
    assert '"result": {' in answer


def test_the_first_guide_can_be_followed(newcomer):
    save, run, add, change, ask = blocks("docs/getting-started.md")
    (newcomer.folder / "tmp").mkdir()

    newcomer.type(save)
    newcomer.wait_for("local/mine/Greet")
    ran = newcomer.type(run)
    newcomer.type(add)
    changed = newcomer.type(change)
    answer = newcomer.type(ask)

    assert "greeted Ada\n" in ran
    assert "success: Good morning world.\n" in changed
    assert '"result": {' in answer
