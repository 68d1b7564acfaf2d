"""
Every option of jobyard in one table: name, type, default, meaning. The only place that reads the environment.

``JOBYARD_X`` sets option ``X``; a secret may come from a file named by ``JOBYARD_X_FILE`` instead. A wrong
value stops the start with a sentence that names option, value and what is accepted.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MIB = 1024 * 1024


class OptionError(Exception):
    """An option has a value that cannot be used."""


@dataclass(frozen=True, kw_only=True)
class Option:
    """One option: how to read it and what it means."""

    name: str  #: Without the prefix.
    help: str  #: One sentence; units in words.
    parse: Callable[[str], Any]  #: Raises ValueError with what is accepted.
    default: Any = None
    secret: bool = False  #: Never shown; may come from a file.

    @property
    def variable(self) -> str:
        return f"JOBYARD_{self.name}"

    def read(self, environ: Mapping[str, str]) -> Any:
        text = self._text(environ)
        if text is None:
            return self.default
        try:
            return self.parse(text)
        except ValueError as exc:
            shown = "its value" if self.secret else repr(text)
            raise OptionError(f"{self.variable}: {shown} cannot be used; {exc}.") from exc

    def _text(self, environ: Mapping[str, str]) -> str | None:
        if self.secret and (file := environ.get(f"{self.variable}_FILE")):
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as exc:
                raise OptionError(f"{self.variable}_FILE: {file!r} cannot be read ({exc}).") from exc
        return environ.get(self.variable)


def text(value: str) -> str:
    if not value.strip():
        raise ValueError("it must not be empty")
    return value


def api_token(value: str) -> str:
    if not re.fullmatch("[0-9a-fA-F]{40}", value):
        raise ValueError("use 40 hex digits")
    return value


def boolean(value: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "on": True,
        "0": False,
        "false": False,
        "no": False,
        "off": False,
    }
    if value.strip().lower() not in words:
        raise ValueError("use true or false")
    return words[value.strip().lower()]


def integer(*, least: int, most: int | None = None) -> Callable[[str], int]:
    def parse(value: str) -> int:
        limits = f"at least {least}" if most is None else f"from {least} to {most}"
        try:
            number = int(value)
        except ValueError:
            raise ValueError(f"use a whole number, {limits}") from None
        if number < least or (most is not None and number > most):
            raise ValueError(f"use a whole number, {limits}")
        return number

    return parse


def seconds(*, least: float = 0) -> Callable[[str], float]:
    def parse(value: str) -> float:
        try:
            number = float(value)
        except ValueError:
            raise ValueError(f"use a number of seconds, at least {least:g}") from None
        if not least <= number < float("inf"):
            raise ValueError(f"use a number of seconds, at least {least:g}")
        return number

    return parse


def folder(value: str) -> Path:
    return Path(text(value)).expanduser().absolute()


def words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def one_of(*accepted: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if value not in accepted:
            raise ValueError(f"use one of {', '.join(accepted)}")
        return value

    return parse


def url(*schemes: str) -> Callable[[str], str]:
    def parse(value: str) -> str:
        if not value.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"use an address that starts with {' or '.join(f'{s}://' for s in schemes)}")
        return value

    return parse


def default_data_dir(environ: Mapping[str, str]) -> Path:
    base = environ.get("XDG_DATA_HOME") or Path(environ.get("HOME", "~")).expanduser() / ".local/share"
    return Path(base) / "jobyard"


OPTIONS = (
    Option(name="DATA_DIR", parse=folder, help="Folder for the database, mirrors, snapshots and keys."),
    Option(
        name="DATABASE_URL",
        parse=url("postgresql", "postgres"),
        secret=True,
        help="Your own PostgreSQL (14 or newer); without it jobyard starts its own in the data folder.",
    ),
    Option(name="ENGINE", parse=one_of("dramatiq"), default="dramatiq", help="What carries a run to a worker."),
    Option(
        name="BROKER_URL",
        parse=url("postgresql", "postgres"),
        secret=True,
        help="Broker of the engine; the database itself when not set.",
    ),
    Option(name="JOBS_ROOT", parse=folder, help="Folder whose files are the local jobs; <data folder>/jobs when not set."),
    Option(name="SECRET_KEY", parse=text, secret=True, help="At least 50 random characters; made at the first start."),
    Option(name="ALLOWED_HOSTS", parse=words, default=["127.0.0.1", "localhost", "[::1]"], help="Host names that the web part answers to, separated by commas."),
    Option(name="BASE_URL", parse=url("http", "https"), help="Address under which users reach the pages."),
    Option(name="ADMIN_USER", parse=text, default="admin", help="First administrator; used only while there is no user."),
    Option(name="ADMIN_PASSWORD", parse=text, secret=True, help="Password of the first administrator; generated when not set."),
    Option(name="ADMIN_TOKEN", parse=api_token, secret=True, help="API token of the first administrator; generated when not set."),
    Option(name="ALLOW_FILE_REMOTES", parse=boolean, default=False, help="Allow folders of this machine as Git remotes."),
    Option(name="GIT_ALLOWED_NETS", parse=words, default=[], help="Networks that Git remotes may be in besides public and private ones, such as 127.0.0.0/8, separated by commas."),
    Option(name="GIT_TIMEOUT", parse=seconds(least=1), default=120.0, help="Seconds that one call of git may take."),
    Option(name="INSPECTION_TIMEOUT", parse=seconds(least=1), default=60.0, help="Seconds that the import of one module may take while it is inspected."),
    Option(name="INSPECTION_MEMORY", parse=integer(least=64 * MIB), default=1024 * MIB, help="Bytes of address space that one inspection may add."),
    Option(name="LOCAL_SCAN_INTERVAL", parse=seconds(least=0.1), default=5.0, help="Seconds between two looks at the local source, besides file events."),
    Option(name="PLUGINS", parse=words, default=[], help="Installed Python packages whose jobs are listed, separated by commas."),
    Option(name="WORKER_SLOTS", parse=integer(least=1, most=256), default=4, help="Runs that one worker supervises at once."),
    Option(name="LEASE_SECONDS", parse=seconds(least=0.5), default=20.0, help="Seconds after which a worker that gives no sign of life loses its runs."),
    Option(name="HEARTBEAT_SECONDS", parse=seconds(least=0.1), default=4.0, help="Seconds between two signs of life of a part or a claimed run."),
    Option(name="REAPER_SECONDS", parse=seconds(least=0.1), default=5.0, help="Seconds between two looks for runs whose worker was lost."),
    Option(name="SWEEP_SECONDS", parse=seconds(least=0.1), default=10.0, help="Seconds after which a run that no worker took is sent again."),
    Option(name="LOG_FLUSH_SECONDS", parse=seconds(least=0.01), default=0.25, help="Seconds that a log row waits at most before it is stored."),
    Option(name="SOFT_TIME_LIMIT", parse=integer(least=1), default=300, help="Seconds until SoftTimeLimitExceeded is raised in a job that sets no limit of its own."),
    Option(name="TIME_LIMIT", parse=integer(least=1), default=600, help="Seconds until a job that sets no limit of its own is killed."),
    Option(name="CANCEL_GRACE", parse=seconds(least=0.1), default=30.0, help="Seconds that a cancelled job has to clean up before it is killed."),
    Option(name="RUN_MEMORY", parse=integer(least=256 * MIB), default=4096 * MIB, help="Bytes of address space that one run may use."),
    Option(name="FILE_MAX_BYTES", parse=integer(least=1), default=100 * MIB, help="Bytes of one uploaded file at most."),
    Option(name="REQUEST_MAX_BYTES", parse=integer(least=1024), default=128 * MIB, help="Bytes of one request at most."),
    Option(name="LOG_MESSAGE_MAX", parse=integer(least=256), default=64 * 1024, help="Bytes of one log message at most; longer ones are cut."),
    Option(name="DATA_LOG_LIMIT", parse=integer(least=1), default=10_000, help="Log rows in the data of one result at most; all rows are under logs/."),
    Option(name="ACCEPT_WITHOUT_WORKERS", parse=boolean, default=False, help="Accept runs while no worker serves their queue."),
    Option(name="CLI_REQUIRE_USERNAME", parse=boolean, default=False, help="Refuse `runjob --commit` without --username."),
    Option(name="SNAPSHOT_KEEP", parse=integer(least=1), default=10, help="Unused snapshots kept for each source."),
    Option(name="TIME_ZONE", parse=text, default="UTC", help="Time zone of the server, an IANA name."),
    Option(name="DEBUG", parse=boolean, default=False, help="Tracebacks in pages; never in production."),
    Option(name="SECURE_COOKIES", parse=boolean, default=False, help="Send cookies over https only; switch on behind TLS."),
)  # fmt: skip  # one line each reads as the table that it is


def read_options(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """
    All options by name; JOBS_ROOT and DATA_DIR resolved.

    Raises:
        OptionError: A value cannot be used, or a variable with our prefix is unknown.
    """
    environ = os.environ if environ is None else environ
    _refuse_unknown(environ)
    values = {option.name: option.read(environ) for option in OPTIONS}
    values["DATA_DIR"] = values["DATA_DIR"] or default_data_dir(environ)
    values["JOBS_ROOT"] = values["JOBS_ROOT"] or _jobs_root(environ) or values["DATA_DIR"] / "jobs"
    return values


def _jobs_root(environ: Mapping[str, str]) -> Path | None:
    """The names that users of upstream have set already, in their order."""
    if value := environ.get("NAUTOBOT_JOBS_ROOT"):
        return folder(value)
    for name in ("JOBYARD_ROOT", "NAUTOBOT_ROOT"):
        if value := environ.get(name):
            return folder(value) / "jobs"
    return None


def _refuse_unknown(environ: Mapping[str, str]) -> None:
    known = {option.variable for option in OPTIONS}
    known |= {f"{option.variable}_FILE" for option in OPTIONS if option.secret}
    known |= {"JOBYARD_ROOT", "JOBYARD_REQUIRE_SERVICES", "JOBYARD_FAILPOINTS"}
    known |= {name for name in environ if name.startswith("JOBYARD_TEST_")}
    for name in sorted(environ):
        if name.startswith("JOBYARD_") and name not in known:
            raise OptionError(f"{name} is not an option of jobyard; `jobyard doctor --options` lists them.")
