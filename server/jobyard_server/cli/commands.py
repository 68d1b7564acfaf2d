"""Every command of this layer, for the application that gathers them."""

from __future__ import annotations

import typer

from jobyard_server.cli.accounts import token, user
from jobyard_server.cli.check import check
from jobyard_server.cli.doctor.command import doctor
from jobyard_server.cli.jobs import job
from jobyard_server.cli.manage import PASS_THROUGH, manage
from jobyard_server.cli.new import new
from jobyard_server.cli.parts import scheduler, web, worker
from jobyard_server.cli.repo import repo
from jobyard_server.cli.rerun import rerun
from jobyard_server.cli.runjob import runjob
from jobyard_server.cli.trust import hostkey, trust
from jobyard_server.cli.webhook import webhook


def add_commands(app: typer.Typer) -> None:
    for part in (web, worker, scheduler):
        app.command()(part)
    app.command()(runjob)
    app.command()(rerun)
    app.command()(check)
    app.command()(new)
    for group, name in ((repo, "repo"), (job, "job"), (user, "user"), (token, "token")):
        app.add_typer(group, name=name)
    for group, name in ((webhook, "webhook"), (hostkey, "hostkey"), (trust, "trust")):
        app.add_typer(group, name=name)
    app.command()(doctor)
    app.command(context_settings=PASS_THROUGH)(manage)
