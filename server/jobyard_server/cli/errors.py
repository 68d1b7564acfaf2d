"""
Errors of the command line: one sentence on standard error and an exit status.

::

    CommandError           exit status 1 unless said otherwise
    └── WrongUsageError    what was asked for cannot be meant; exit status 2
"""

from __future__ import annotations

import typer

#: The top-level packages whose exceptions speak in sentences for people.
OURS = frozenset({"jobyard", "jobyard_repos", "jobyard_server", "jobyard_sync"})


class CommandError(Exception):
    """A command cannot do what it was asked to."""

    def __init__(self, sentence: str, *, exit_code: int = 1) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


class WrongUsageError(CommandError):
    """The command line asks for something that cannot be meant."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, exit_code=2)


def exit_code_of(exc: Exception) -> int:
    """The exit status after *exc*."""
    return 2 if _is_no_text(exc) else getattr(exc, "exit_code", 1)


def _is_no_text(exc: Exception) -> bool:
    """Whether bytes of an argument were no UTF-8: Python hands them over as characters that nothing takes."""
    return isinstance(exc, UnicodeEncodeError) and "surrogates" in exc.reason


def sentence_of(exc: Exception) -> str:
    """What to tell a person about *exc*."""
    if _is_no_text(exc):
        return "An argument holds bytes that are no UTF-8 text; names, addresses and inputs are text."
    module = type(exc).__module__
    if module.partition(".")[0] in OURS:
        return str(exc)
    if module == "django.db.utils":
        return _about_the_database(exc)
    if isinstance(exc, OSError) and exc.strerror:
        return f"{exc.strerror}: {exc.filename}" if exc.filename else exc.strerror
    return (
        f"This is a fault of jobyard itself ({type(exc).__name__}: {exc});"
        " run `jobyard --debug …` for the traceback and report it."
    )


def _about_the_database(exc: Exception) -> str:
    reason = (str(exc).strip().splitlines() or [type(exc).__name__])[0]
    if "does not exist" in reason and "relation" in reason:
        return "The database has no tables of jobyard yet; run `jobyard init`, or start `jobyard up`."
    if type(exc).__name__ in {"OperationalError", "InterfaceError"}:
        return (
            f"The database does not answer ({reason}); start `jobyard up` on this data folder"
            " (JOBYARD_DATA_DIR), or check JOBYARD_DATABASE_URL."
        )
    return f"The database refused ({reason}); `jobyard doctor` looks for the reason."


def reason_of(exc: OSError) -> str:
    """The system's words, without the address that ``socket.create_server`` appends to them."""
    return (exc.strerror or str(exc)).partition(" (while attempting")[0]


def field_lines(errors: dict[str, list[str]] | list[str]) -> str:
    """Refused values, one ``field: message`` a line."""
    if isinstance(errors, list):
        return "\n".join(errors)
    return "\n".join(f"{name}: {text}" for name, messages in errors.items() for text in messages)


def stderr(line: str) -> None:
    typer.echo(line, err=True)
