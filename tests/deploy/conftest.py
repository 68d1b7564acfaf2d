from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command


@pytest.fixture(scope="session")
def root() -> Path:
    return Path(__file__).parents[2]


@pytest.fixture(scope="session")
def commands() -> dict[str, set[str]]:
    """``{"repo sync": {"--wait", "--no-wait", …}, …}``: every command of `jobyard` with its options."""
    from jobyard_sync.cli import make_app  # only where it is needed

    return dict(_walk(get_command(make_app()), ""))


def _walk(command: Any, path: str) -> Iterator[tuple[str, set[str]]]:
    yield path.strip(), {name for item in command.params for name in (*item.opts, *item.secondary_opts)}
    for name, below in getattr(command, "commands", {}).items():
        yield from _walk(below, f"{path} {name}")
