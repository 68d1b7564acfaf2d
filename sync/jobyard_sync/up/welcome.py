"""The first administrator and the demo content: made once, shown to the person at the terminal."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from jobyard_server.access.first_admin import FirstAdmin, make_first_admin
from jobyard_server.listener import address
from jobyard_server.options import OPTIONS
from jobyard_server.registry.exposure import credential_exposure, database_exposure
from jobyard_sync.up.demo import install_demo
from jobyard_sync.up.plan import Plan

FILE = "first-admin"  #: In the data folder of a demo, 0600: shown again at every start of it.


def welcome(plan: Plan, listener: socket.socket, tell: Callable[[str], None]) -> None:
    """Make what a first start makes; say what is needed to log in after it, and at every start of a demo."""
    made = make_first_admin()
    if plan.demo:
        install_demo(settings.DATA_DIR, settings.JOBS_ROOT)
        made = _remembered(made, settings.DATA_DIR / FILE)
    tell(f"address   {address(listener)}")
    for line in account_lines(made) if made else ():
        tell(line)
    tell(f"data      {settings.DATA_DIR}")
    tell(f"jobs      {settings.JOBS_ROOT}")
    for warning in filter(None, (database_exposure(), credential_exposure(with_workers=True))):
        tell(warning)


def account_lines(account: FirstAdmin) -> Iterator[str]:
    """What was generated; what an option gave is known to whoever set it, and stays out of logs."""
    yield f"user      {account.username}"
    yield f"password  {_unless_given(account.password, 'ADMIN_PASSWORD')}"
    yield f"token     {_unless_given(account.token, 'ADMIN_TOKEN')}"


def _unless_given(value: str, name: str) -> str:
    option = next(option for option in OPTIONS if option.name == name)
    return f"as set by {option.variable}" if settings.JOBYARD[name] == value else value


def _remembered(made: FirstAdmin | None, file: Path) -> FirstAdmin | None:
    """*made*, or what an earlier start of the demo made."""
    if made:
        file.touch(mode=0o600)
        file.write_text(json.dumps(asdict(made)), encoding="utf-8")
        return made
    return FirstAdmin(**json.loads(file.read_text(encoding="utf-8"))) if file.exists() else None
