"""The plugin of the fixtures, importable here and in the children as if it were installed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.jobs.fakes import FIXTURES

from jobyard_server.isolation import environment, zygote_process

PLUGIN = "fx_plugin"
_ZYGOTE = "import runpy, sys; sys.path.insert(0, {site!r}); runpy.run_module({module!r}, run_name='__main__')"


@contextmanager
def installed_plugin(folder: Path) -> Iterator[None]:
    """Children take nothing from their environment, so their path is set in the command of their zygote."""
    site = folder / "site"
    shutil.copytree(FIXTURES.parent / "plugins", site)

    def command(descriptor: int) -> list[str]:
        *start, _dash_m, module, number = environment.command(descriptor)
        return [*start, "-c", _ZYGOTE.format(site=str(site), module=module), number]

    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        patch.setattr(zygote_process, "command", command)
        yield
    for name in [item for item in sys.modules if item.partition(".")[0] == PLUGIN]:
        del sys.modules[name]
