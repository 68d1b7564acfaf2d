"""
Every option of jobyard in one table: name, type, default, meaning. The only place that reads the environment.

``JOBYARD_X`` sets option ``X``; a secret may come from a file named by ``JOBYARD_X_FILE`` instead. A wrong
value stops the start with a sentence that names option, value and what is accepted.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jobyard_server.runs.own_patterns import compiled
from jobyard_server.worker.engines.address import SCHEMES, problem_of

MIB = 1024 * 1024
SHORTEST_KEY, FEWEST_LETTERS = 50, 5  #: As Django's own check of deployments wants it.


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
            if self.variable in environ:
                raise OptionError(
                    f"{self.variable} and {self.variable}_FILE are both set; remove one of them."
                )
            try:
                return Path(file).read_text(encoding="utf-8").strip()
            except (OSError, UnicodeDecodeError) as exc:
                raise OptionError(f"{self.variable}_FILE: {file!r} cannot be read ({exc}).") from exc
        return environ.get(self.variable)


def text(value: str) -> str:
    if not value.strip():
        raise ValueError("it must not be empty")
    return value


def secret_key(value: str) -> str:
    if len(value) < SHORTEST_KEY or len(set(value)) < FEWEST_LETTERS or value.startswith("django-insecure-"):
        raise ValueError(f"use at least {SHORTEST_KEY} random characters")
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


def zero_or(least: int) -> Callable[[str], int]:
    def parse(value: str) -> int:
        number = integer(least=0)(value)
        if 0 < number < least:
            raise ValueError(f"use 0, or a whole number, at least {least}")
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


def existing_file(value: str) -> Path:
    path = folder(value)
    if not path.is_file():
        raise ValueError("there is no such file")
    return path


def words(value: str) -> list[str]:
    return [word.strip() for word in value.split(",") if word.strip()]


def installed_packages(value: str) -> list[str]:
    names = words(value)
    for name in names:
        top = name.partition(".")[0]
        if not top.isidentifier() or find_spec(top) is None:
            raise ValueError(
                f"no package {name} is installed for {sys.executable}; install it or take it out"
            )
    return names


def paths(value: str) -> list[Path]:
    found = [Path(word).expanduser() for word in words(value)]
    if not all(path.is_absolute() for path in found):
        raise ValueError("use absolute paths, separated by commas")
    return found


def ports(value: str) -> list[int]:
    parse = integer(least=1, most=65535)
    return [parse(word) for word in words(value)]


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


def json_object(value: str) -> dict[str, Any]:
    found = _json(value)
    if not isinstance(found, dict):
        raise ValueError("use a JSON object")  # noqa: TRY004  # what readers of options raise
    return found


def patterns(value: str) -> list[str]:
    found = _json(value)
    if not isinstance(found, list) or not all(isinstance(item, str) and item for item in found):
        raise ValueError("use a JSON list of regular expressions")
    for item in found:
        compiled(item)
    return found


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except ValueError as exc:
        raise ValueError(f"it is not JSON ({exc})") from None


def user_name(value: str) -> str:
    if not re.fullmatch(r"[\w.@+-]{1,150}", value):
        raise ValueError("use up to 150 letters, digits and @ . + - _")
    return value


def name_part(value: str) -> str:
    if not re.fullmatch("[A-Za-z][A-Za-z0-9_-]{0,31}", value):
        raise ValueError("use up to 32 letters, digits, - and _, a letter first")
    return value


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
    Option(name="ENGINE", parse=one_of("dramatiq", "celery"), default="dramatiq", help="What carries a run to a worker."),
    Option(
        name="BROKER_URL",
        parse=url(*SCHEMES),
        secret=True,
        help="Broker of the engine; the database itself when not set.",
    ),
    Option(name="BROKER_PREFIX", parse=name_part, default="jobyard", help="What the names of queues and keys at the broker begin with."),
    Option(name="JOBS_ROOT", parse=folder, help="Folder whose files are the local jobs; <data folder>/jobs when not set."),
    Option(name="SECRET_KEY", parse=secret_key, secret=True, help="At least 50 random characters; made at the first start."),
    Option(name="ALLOWED_HOSTS", parse=words, default=["127.0.0.1", "localhost", "[::1]"], help="Host names that the web part answers to, separated by commas."),
    Option(name="BASE_URL", parse=url("http", "https"), help="Address under which users reach the pages."),
    Option(name="ADMIN_USER", parse=text, default="admin", help="First administrator; used only while there is no user."),
    Option(name="ADMIN_PASSWORD", parse=text, secret=True, help="Password of the first administrator; generated when not set."),
    Option(name="ADMIN_TOKEN", parse=api_token, secret=True, help="API token of the first administrator; generated when not set."),
    Option(name="ALLOW_FILE_REMOTES", parse=boolean, default=False, help="Allow folders of this machine as Git remotes."),
    Option(name="GIT_ALLOWED_NETS", parse=words, default=[], help="Networks that Git remotes may be in besides public and private ones, such as 127.0.0.0/8, separated by commas."),
    Option(name="GIT_TIMEOUT", parse=seconds(least=1), default=120.0, help="Seconds that one call of git may take."),
    Option(name="GIT_PROXY", parse=url("http", "https", "socks5h"), secret=True, help="Proxy for Git remotes behind http and https, and for commit statuses; it resolves their names."),
    Option(name="GIT_NO_PROXY", parse=words, default=[], help="Hosts and domains that are reached without the proxy, separated by commas."),
    Option(name="GIT_CA_FILE", parse=existing_file, help="Certificates of the authorities that Git remotes are checked with, in one PEM file; those of the system when not set."),
    Option(name="GIT_PACK_MAX_BYTES", parse=integer(least=MIB), default=512 * MIB, help="Bytes that one fetch may bring at most."),
    Option(name="SNAPSHOT_MAX_FILES", parse=integer(least=1), default=20_000, help="Files that one revision may have at most."),
    Option(name="SNAPSHOT_MAX_BYTES", parse=integer(least=MIB), default=200 * MIB, help="Bytes that the files of one revision may have together."),
    Option(name="WEBHOOK_MAX_BYTES", parse=integer(least=1024, most=25 * MIB), default=MIB, help="Bytes of one webhook call at most."),
    Option(name="INSPECTION_TIMEOUT", parse=seconds(least=1), default=60.0, help="Seconds that the import of one module may take while it is inspected."),
    Option(name="INSPECTION_MEMORY", parse=integer(least=64 * MIB), default=1024 * MIB, help="Bytes of address space that one inspection may add."),
    Option(name="LOCAL_SCAN_INTERVAL", parse=seconds(least=0.1), default=5.0, help="Seconds between two looks at the local source, besides file events."),
    Option(name="PLUGINS", parse=installed_packages, default=[], help="Installed Python packages whose jobs are listed, separated by commas."),
    Option(name="PLUGINS_CONFIG", parse=json_object, default={}, secret=True, help="What jobs read as settings.PLUGINS_CONFIG: a JSON object with an object for each plugin."),
    Option(name="WORKER_SLOTS", parse=integer(least=1, most=256), default=4, help="Runs that one worker supervises at once."),
    Option(name="LEASE_TIMEOUT", parse=seconds(least=1), default=28.0, help="Seconds within which the loss of a worker is noticed; the lease, its beat and the look for lost runs follow it where they are not set."),
    Option(name="LEASE_SECONDS", parse=seconds(least=0.5), default=20.0, help="Seconds after which a worker that gives no sign of life loses its runs."),
    Option(name="HEARTBEAT_SECONDS", parse=seconds(least=0.1), default=4.0, help="Seconds between two signs of life of a part or a claimed run."),
    Option(name="REAPER_SECONDS", parse=seconds(least=0.1), default=5.0, help="Seconds between two looks for runs whose worker was lost."),
    Option(name="SWEEP_SECONDS", parse=seconds(least=0.1), default=10.0, help="Seconds after which a run that no worker took is sent again."),
    Option(name="AUDIT_RETENTION", parse=zero_or(30), default=0, help="Days that the audit log is kept, 30 at least; 0 keeps it for ever."),
    Option(name="LOG_FLUSH_SECONDS", parse=seconds(least=0.01), default=0.25, help="Seconds that a log row waits at most before it is stored."),
    Option(name="SOFT_TIME_LIMIT", parse=integer(least=1), default=300, help="Seconds until SoftTimeLimitExceeded is raised in a job that sets no limit of its own."),
    Option(name="TIME_LIMIT", parse=integer(least=1), default=600, help="Seconds until a job that sets no limit of its own is killed."),
    Option(name="CANCEL_GRACE", parse=seconds(least=0.1), default=30.0, help="Seconds that a cancelled job has to clean up before it is killed."),
    Option(name="RUN_MEMORY", parse=integer(least=256 * MIB), default=4096 * MIB, help="Bytes of address space that one run may use."),
    Option(name="RUN_CPU_SECONDS", parse=integer(least=1), default=3600, help="Seconds of processor time that one process of a run may use."),
    Option(name="RUN_FILE_BYTES", parse=integer(least=MIB), default=1024 * MIB, help="Bytes of one file that a run may write."),
    Option(name="RUN_OPEN_FILES", parse=integer(least=64), default=1024, help="Files and sockets that one process of a run may have open."),
    Option(name="RUN_PROCESSES", parse=integer(least=1), default=256, help="Processes and threads that a run may add to those of its account; does not bind root."),
    Option(name="SANDBOX", parse=one_of("auto", "require", "off"), default="auto", help="Landlock for runs and inspections: where the kernel has it, on pain of not running, or never."),
    Option(name="SANDBOX_LAUNCHER", parse=one_of("fork", "bwrap", "uid", "systemd-run"), default="fork", help="What a run is started through: a fork alone, or for tier 2 bubblewrap, another account, or a scope of systemd."),
    Option(name="SANDBOX_ACCOUNT", parse=text, default="jobyard-jobs", help="Account of runs and inspections where the launcher is `uid`."),
    Option(name="SANDBOX_READ", parse=paths, default=[], help="Folders that jobs may read besides their own code, Python and the system's libraries, separated by commas."),
    Option(name="SANDBOX_WRITE", parse=paths, default=[], help="Folders that jobs may write besides their own working folder, separated by commas."),
    Option(name="SANDBOX_TCP_PORTS", parse=ports, default=[], help="The only TCP ports that jobs may connect to, separated by commas; empty for all."),
    Option(name="SNAPSHOT_ZYGOTES", parse=integer(least=0, most=64), default=4, help="Snapshots whose modules one worker keeps loaded; 0 for none."),
    Option(name="SNAPSHOT_ZYGOTE_MEMORY", parse=integer(least=16 * MIB), default=256 * MIB, help="Bytes that the loaded snapshots of one worker may add to its memory together."),
    Option(name="FILE_MAX_BYTES", parse=integer(least=1), default=100 * MIB, help="Bytes of one uploaded file at most."),
    Option(name="REQUEST_MAX_BYTES", parse=integer(least=1024), default=128 * MIB, help="Bytes of one request at most."),
    Option(name="IMAGE_MAX_BYTES", parse=integer(least=1, most=100 * MIB), default=5 * MIB, help="Bytes of one picture that is attached to a row at most."),
    Option(name="OUTPUT_FILE_MAX_BYTES", parse=integer(least=1, most=1024 * MIB), default=10 * MIB, help="Bytes of one file that a job creates at most."),
    Option(name="OUTPUT_FILES_MAX", parse=integer(least=0, most=10_000), default=50, help="Files that one run may create."),
    Option(name="OUTPUT_FILE_DAYS", parse=integer(least=0), default=0, help="Days after which the files of a run are deleted; 0 keeps them as long as its result."),
    Option(name="STREAMS_PER_USER", parse=integer(least=1), default=5, help="Live streams of results that one user may have open in one web process."),
    Option(name="STREAMS_MAX", parse=integer(least=0), default=200, help="Live streams of results in one web process; beyond it pages poll."),
    Option(name="SECOND_FACTOR", parse=one_of("optional", "superusers", "everyone"), default="optional", help="Who must have a second factor to log in with a password; the others may."),
    Option(name="LOG_REDACTION_PATTERNS", parse=patterns, help="Regular expressions of what is taken out of log messages, as a JSON list; the ones for credentials when not set."),
    Option(name="LOG_MESSAGE_MAX", parse=integer(least=256), default=64 * 1024, help="Bytes of one log message at most; longer ones are cut."),
    Option(name="DATA_LOG_LIMIT", parse=integer(least=1), default=10_000, help="Log rows in the data of one result at most; all rows are under logs/."),
    Option(name="PLAN_MAX_ROWS", parse=integer(least=0), default=500_000, help="Changes kept of one run whose transaction was rolled back."),
    Option(name="CHANGELOG_RETENTION", parse=integer(least=0), default=90, help="Days that the change log and the plans of runs are kept; 0 keeps them for ever."),
    Option(name="ACCEPT_WITHOUT_WORKERS", parse=boolean, default=False, help="Accept runs while no worker serves their queue."),
    Option(name="SCHEDULE_CATCH_UP", parse=seconds(), default=3600.0, help="Seconds after which a scheduled time that was missed is skipped instead of run late."),
    Option(name="REAPPROVE_ON_CHANGE", parse=boolean, default=False, help="Ask for a new approval of a recurring schedule when other code was published for its job."),
    Option(name="CLI_USER", parse=user_name, default="cli", help="Account that runs what is started on the command line without a name; nobody can log in with it."),
    Option(name="CLI_REQUIRE_USERNAME", parse=boolean, default=False, help="Refuse `runjob --commit` without --username."),
    Option(name="REMOVAL_LIMIT", parse=integer(least=1, most=100), default=30, help="Percent of the jobs of a repository that one push may remove without a confirmation."),
    Option(name="HISTORY_KEEP", parse=integer(least=10), default=1000, help="Lines of the timeline that are kept for each source."),
    Option(name="SNAPSHOT_KEEP", parse=integer(least=1), default=10, help="Unused snapshots kept for each source."),
    Option(name="TIME_ZONE", parse=text, default="UTC", help="Time zone of the server, an IANA name."),
    Option(name="DEBUG", parse=boolean, default=False, help="Tracebacks in pages; never in production."),
    Option(name="TRUSTED_PROXIES", parse=integer(least=0, most=10), default=0, help="Proxies of yours in front of the web part; that many addresses of X-Forwarded-For are believed."),
    Option(name="API_RATE", parse=integer(least=0), default=30_000, help="REST requests that one API token may make in a minute; 0 for no limit."),
    Option(name="SSO_NAME", parse=text, default="Single sign-on", help="What the log-in page calls your identity provider."),
    Option(name="SSO_CREATE_USERS", parse=boolean, default=True, help="Make an account for whoever logs in from there for the first time."),
    Option(name="SSO_GROUPS_CLAIM", parse=text, help="Claim or attribute that lists groups; members of groups with these names follow it at each log-in."),
    Option(name="SSO_ADMIN_GROUP", parse=text, help="Group of that claim whose members are superusers."),
    Option(name="OIDC_URL", parse=url("http", "https"), help="Address of an OpenID Connect provider; needs `pip install 'jobyard[oidc]'`."),
    Option(name="OIDC_CLIENT_ID", parse=text, help="Name under which jobyard is registered there."),
    Option(name="OIDC_CLIENT_SECRET", parse=text, secret=True, help="Secret that goes with it."),
    Option(name="SAML_METADATA_URL", parse=url("http", "https"), help="Metadata of a SAML identity provider; needs `pip install 'jobyard[saml]'`."),
    Option(name="SAML_ENTITY_ID", parse=text, help="Entity id of that provider."),
    Option(name="LDAP_URL", parse=url("ldap", "ldaps"), help="Directory whose accounts log in with their password; needs `pip install 'jobyard[ldap]'`."),
    Option(name="LDAP_BIND_DN", parse=text, help="Account that may search the directory; anonymous when not set."),
    Option(name="LDAP_BIND_PASSWORD", parse=text, secret=True, help="Its password."),
    Option(name="LDAP_USERS", parse=text, help="Where accounts are, such as ou=people,dc=example,dc=com."),
    Option(name="LDAP_USER_FILTER", parse=text, default="(uid=%(user)s)", help="Which entry a user name means."),
    Option(name="LDAP_GROUPS", parse=text, help="Where groups are; members of groups with these names follow them at each log-in."),
    Option(name="LDAP_CA_FILE", parse=existing_file, help="Certificates (PEM) that vouch for the directory; those of the system when not set."),
    Option(name="SECURE_COOKIES", parse=boolean, default=False, help="Send cookies over https only; switch on behind TLS."),
)  # fmt: skip  # one line each reads as the table that it is


def read_options(environ: Mapping[str, str] | None = None) -> dict[str, Any]:
    """
    All options by name; JOBS_ROOT and DATA_DIR resolved.

    Raises:
        OptionError: A value cannot be used, alone or with another one, or a variable with our prefix is unknown.
    """
    environ = os.environ if environ is None else environ
    _refuse_unknown(environ)
    values = {option.name: option.read(environ) for option in OPTIONS}
    _check_broker(values)
    values |= _times_within(values["LEASE_TIMEOUT"], environ)
    values["DATA_DIR"] = values["DATA_DIR"] or default_data_dir(environ)
    values["JOBS_ROOT"] = values["JOBS_ROOT"] or _jobs_root(environ) or values["DATA_DIR"] / "jobs"
    return values


#: Of each second within which a loss is noticed. What is left over is for the reaper's own work.
_SHARES = {"LEASE_SECONDS": 20 / 28, "HEARTBEAT_SECONDS": 4 / 28, "REAPER_SECONDS": 5 / 28}


def _times_within(lease_timeout: float, environ: Mapping[str, str]) -> dict[str, float]:
    """The times of the lease that are not set by themselves."""
    shares = _SHARES.items()
    return {name: lease_timeout * share for name, share in shares if f"JOBYARD_{name}" not in environ}


def _check_broker(values: Mapping[str, Any]) -> None:
    problem = problem_of(values["ENGINE"], values["BROKER_URL"])
    if problem:
        raise OptionError(f"JOBYARD_ENGINE {values['ENGINE']} cannot be used like this; {problem}.")


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
