"""Errors of commands: one sentence on standard error; a traceback only with --debug."""

from __future__ import annotations

import errno

import pytest
import typer
from django.db.utils import OperationalError, ProgrammingError
from typer.testing import CliRunner, Result

from jobyard_server.cli.application import DebugOption, make_application
from jobyard_server.cli.errors import CommandError, WrongUsageError
from jobyard_server.options import OptionError


def run(error: Exception, *arguments: str) -> Result:
    app = make_application("test")

    @app.callback()
    def options(debug: DebugOption = False) -> None:
        pass

    @app.command()
    def fail() -> None:
        raise error

    return CliRunner().invoke(app, [*arguments, "fail"])


@pytest.mark.parametrize(
    ("error", "sentence", "code"),
    [
        (CommandError("It is so."), "It is so.", 1),
        (CommandError("No worker.", exit_code=6), "No worker.", 6),
        (WrongUsageError("What?"), "What?", 2),
        (OptionError("JOBYARD_X: use true or false."), "JOBYARD_X: use true or false.", 1),
        (OSError(errno.EACCES, "Permission denied", "/data"), "Permission denied: /data", 1),
        (
            OperationalError("connection failed: No such file\n\tIs the server running?"),
            (
                "The database does not answer (connection failed: No such file); start `jobyard up` on this"
                " data folder (JOBYARD_DATA_DIR), or check JOBYARD_DATABASE_URL."
            ),
            1,
        ),
        (
            ProgrammingError('relation "extras_job" does not exist\nLINE 1: …'),
            "The database has no tables of jobyard yet; run `jobyard init`, or start `jobyard up`.",
            1,
        ),
        (
            KeyError("x"),
            (
                "This is a fault of jobyard itself (KeyError: 'x'); run `jobyard --debug …` for the traceback"
                " and report it."
            ),
            1,
        ),
    ],
)
def test_an_error_is_one_sentence(error, sentence, code):
    answer = run(error)

    assert answer.stderr == f"{sentence}\n"
    assert answer.exit_code == code


def test_debug_lets_the_traceback_out():
    error = KeyError("x")

    assert run(error, "--debug").exception is error


@pytest.mark.parametrize("error", [typer.Exit(4), typer.BadParameter("bad")])
def test_typers_own_ways_out_stay(error):
    assert run(error).exit_code == getattr(error, "exit_code", 2)
