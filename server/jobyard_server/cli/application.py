"""The frame of every command: errors become one sentence, a traceback comes only with ``--debug``."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from jobyard_server.cli.errors import exit_code_of, sentence_of, stderr

DebugOption = Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")]
HELP_NAMES = {"help_option_names": ["-h", "--help"]}


class SentenceGroup(TyperGroup):
    """A group of commands that tells errors as sentences; its callback has an option ``debug``."""

    def invoke(self, ctx: Any) -> Any:  # Any: the context type is private to typer
        try:
            return super().invoke(ctx)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise  # wrong usage, told by typer with a hint at --help
        except BrokenPipeError:
            raise  # typer ends quietly, as for `jobyard repo list | head -1`
        except Exception as exc:
            if ctx.params.get("debug"):
                raise
            stderr(sentence_of(exc))
            raise typer.Exit(exit_code_of(exc)) from exc


def make_application(help_text: str) -> typer.Typer:
    """An empty application; commands are added to it."""
    return typer.Typer(
        cls=SentenceGroup,
        help=help_text,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # rich costs a third of the start-up time
        context_settings=HELP_NAMES,
    )


def make_group(help_text: str) -> typer.Typer:
    """A command that only has commands below it, such as `jobyard repo`."""
    return typer.Typer(
        help=help_text, no_args_is_help=True, rich_markup_mode=None, context_settings=HELP_NAMES
    )
