"""Rules about the code itself: what must never appear in it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import jobyard_repos

FILES = sorted(Path(jobyard_repos.__file__).parent.glob("**/*.py"))
#: GitPython's ways to turn data into options, addresses or configuration of git; see its advisories.
FORBIDDEN_NAMES = {
    "clone_from",
    "multi_options",
    "config_writer",
    "submodules",
    "create_remote",
    "rmtree",
    "system",
    "popen",
    "mktemp",
    "pickle",
    "marshal",
    "eval",
    "exec",
    "__import__",
    "preexec_fn",
}
MAY_START_PROGRAMS = {"processes.py"}


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.name.partition(".")[0] for alias in node.names)
            yield (getattr(node, "module", None) or "").partition(".")[0]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_gt03_forbidden_names_do_not_appear(path: Path) -> None:
    names = set(_names(ast.parse(path.read_text())))

    assert names & FORBIDDEN_NAMES == set()
    assert "git" not in names, "GitPython is not needed here; see hardened.py"
    assert "django" not in names


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_gt01_only_one_module_starts_programs_and_never_through_a_shell_string(path: Path) -> None:
    tree = ast.parse(path.read_text())
    names = set(_names(tree))

    assert "subprocess" not in names or path.name in MAY_START_PROGRAMS
    assert "shell" not in {node.arg for node in ast.walk(tree) if isinstance(node, ast.keyword)}
    assert not any(isinstance(node, ast.Assert) for node in ast.walk(tree)), "assert vanishes with -O"
