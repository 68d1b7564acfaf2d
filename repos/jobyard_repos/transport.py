"""The only place that runs git against a remote."""

from __future__ import annotations

import contextlib
import functools
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from jobyard_repos.addresses import Address, check_behind_proxy, checked_addresses, is_in, parse_networks
from jobyard_repos.connection import Connection, Way
from jobyard_repos.credentials import Credentials
from jobyard_repos.deadline import Deadline
from jobyard_repos.errors import FetchError
from jobyard_repos.hardened import arguments, empty_home, environment
from jobyard_repos.host_keys import HostKeyRefused, scan
from jobyard_repos.limits import FetchLimits
from jobyard_repos.outcomes import (
    Failure,
    explain,
    is_host_key_refused,
    is_missing_ref,
    not_a_git_server,
)
from jobyard_repos.processes import GitProcess, Tail, drain
from jobyard_repos.response_headers import ResponseHeaders
from jobyard_repos.ssh import DEFAULT_USER, check_has_key, ssh_environment

__all__ = ["Connection", "Credentials", "FetchLimits", "HostKeyRefused", "MissingRef", "RemoteCalls", "Way"]

_HTTP = {"http", "https"}
_SCAN_SECONDS = 10.0

_OUTPUT_KEPT = 64 * 1024
_BLOCK_BYTES = 512  # the unit of ``ulimit -f``
_FETCH_OPTIONS = (
    "--no-tags",
    "--no-write-fetch-head",
    "--no-auto-maintenance",
    "--no-recurse-submodules",
    "--refmap=",
    "--no-progress",
)
# ``preexec_fn`` is not safe in a process with threads, so a shell with a constant script sets the
# limit and becomes git.
_WITH_SIZE_LIMIT = ("/bin/sh", "-c", 'ulimit -f "$1" && shift && exec "$@"', "sh")


class MissingRef(Exception):  # noqa: N818  # caught by the mirror, never seen by callers
    """The remote answered, but has no ref of that name."""


class RemoteCalls:
    """
    The calls that one fetch makes to one remote: same address, credentials and deadline for all.

    Every call raises FetchError when the remote must not be contacted or does not do what it should.

    Args:
        mirror: The bare repository that receives.
        connection: Where from and how. A token is given by the environment of the call: not in the
            address, the arguments, a file or a log; an ssh key by a file that lives as long as the call.
        deadline: When everything must be over.
        lock: Descriptor of the mirror's lock, for git to hold too; None for calls that do not write.
    """

    def __init__(
        self, mirror: Path, connection: Connection, *, deadline: Deadline, lock: int | None = None
    ) -> None:
        self.remote = connection.remote
        self.deadline = deadline
        self._mirror = mirror
        self._connection = connection
        self._limits = connection.limits
        self._credentials = connection.credentials
        self._inherited = [] if lock is None else [lock]
        self._blocks = max(1, self._limits.pack_bytes // _BLOCK_BYTES)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the way to this remote."""
        if self._sends_token_in_clear:
            return (f"The token is sent to {self.remote} without encryption; use https.",)
        return ()

    def fetch(self, refspec: str, *, depth: int | None = None, unshallow: bool = False) -> None:
        """
        Bring exactly one ref; with *unshallow* also the history that the mirror lacks.

        Raises:
            MissingRef: The remote lacks it.
        """
        options = [] if depth is None else [f"--depth={depth}"]
        if unshallow:
            options.append("--unshallow")
        self._run("fetch", *_FETCH_OPTIONS, *options, "--end-of-options", self._address, refspec)

    def fetch_all(self, prefix: str, *, unshallow: bool) -> None:
        """Bring all branches and tags below *prefix*, with their whole history."""
        options = ["--prune", *(["--unshallow"] if unshallow else [])]
        refspecs = [f"+refs/{kind}/*:{prefix}/{kind}/*" for kind in ("heads", "tags")]
        self._run("fetch", *_FETCH_OPTIONS, *options, "--end-of-options", self._address, *refspecs)

    def has_ref(self, name: str) -> bool:
        """Ask the remote for one full ref name."""
        return name in self.refs(name)

    def refs(self, *names: str) -> dict[str, str]:
        """The objects that those full ref names mean on the remote now; what it lacks is missing here."""
        output = self._run("ls-remote", "--end-of-options", self._address, *names)
        lines = (line.partition(b"\t") for line in output.splitlines())
        # git matches the ends of names, so refs/x/refs/heads/main answers to refs/heads/main too.
        found = {
            name.decode(errors="replace"): object_id.decode("ascii", "replace")
            for object_id, _, name in lines
        }
        return {name: found[name] for name in names if name in found}

    @property
    def _address(self) -> str:
        username = self._credentials.username if self._credentials else ""
        return self.remote.for_git(username or DEFAULT_USER)

    def _run(self, *command: str) -> bytes:
        with self._way_of_scheme() as (environment, config):
            stdout, failure, serves_pages = self._call(command, environment, config)
        self._check(failure, is_git_server=not serves_pages)
        return stdout

    def _call(
        self, command: Sequence[str], environment: dict[str, str], config: list[str]
    ) -> tuple[bytes, Failure, bool]:
        stdout, stderr, headers = Tail(_OUTPUT_KEPT), Tail(_OUTPUT_KEPT), ResponseHeaders()
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb", buffering=0) as trace:
            with os.fdopen(writing, "wb", buffering=0) as trace_end:
                process = self._start(command, environment, config, trace_end.fileno())
            # Our copy of the writing end is closed, so the trace ends with the last process of git.
            with process:
                drain(
                    {
                        process.stdout.fileno(): stdout,
                        process.stderr.fileno(): stderr,
                        trace.fileno(): headers,
                    }
                )
                returncode = process.wait()
        failure = Failure(
            returncode=returncode,
            stderr=stderr.data,
            timed_out=process.timed_out,
            hit_size_limit=self._has_full_file(),
            location=headers.location,
            retry_after_seconds=headers.retry_after_seconds,
        )
        return stdout.data, failure, headers.serves_pages

    def _start(
        self, command: Sequence[str], environment: dict[str, str], config: list[str], trace: int
    ) -> GitProcess:
        if self.remote.scheme in _HTTP:
            # Headers of the answers, for the target of a redirect and for Retry-After; nothing else of it
            # is kept. git hides credentials in this trace, and no body is in it.
            environment |= {"GIT_TRACE_CURL": f"/dev/fd/{trace}", "GIT_TRACE_CURL_NO_DATA": "1"}
        return GitProcess(
            [*_WITH_SIZE_LIMIT, str(self._blocks), *arguments(self._mirror, *config), *command],
            environment=environment,
            folder=self._mirror if self._mirror.is_dir() else Path("/"),
            timeout_seconds=self.deadline.remaining(),
            stdout=True,
            stderr=True,
            inherited=[trace, *self._inherited],
        )

    def _check(self, failure: Failure, *, is_git_server: bool) -> None:
        seems_fine = is_missing_ref(failure) or failure.returncode == 0
        if seems_fine and not failure.timed_out:
            if not is_git_server:
                # git would read any web page as a list of refs, and load objects without checks.
                raise not_a_git_server(self.remote)
            if failure.returncode != 0:
                raise MissingRef
            return
        if is_host_key_refused(failure) and not failure.timed_out:
            raise self._host_key_refused()
        raise explain(
            failure,
            self.remote,
            timeout_seconds=self._limits.timeout_seconds,
            secrets=self._secrets,
        )

    @property
    def _secrets(self) -> tuple[str, ...]:
        own = self._credentials.secrets if self._credentials else ()
        return (*own, *filter(None, (self._connection.way.proxy,)))

    def _has_full_file(self) -> bool:
        """The kernel ended a helper at the limit; git only says that the helper's output is invalid."""
        most = self._blocks * _BLOCK_BYTES
        halves = (self._mirror / "objects/pack").glob("tmp_*")
        return any(path.lstat().st_size >= most for path in halves)

    @contextlib.contextmanager
    def _way_of_scheme(self) -> Iterator[tuple[dict[str, str], list[str]]]:
        """Environment and configuration of a call, valid inside the block."""
        base = environment(scheme=self.remote.scheme, home=empty_home(self._mirror))
        config = [f"fetch.fsck.{name}=ignore" for name in self._connection.fsck_exceptions]
        addresses = self._addresses  # checked in any case
        if self.remote.scheme == "ssh":
            credentials = check_has_key(self.remote, self._credentials)
            if not credentials.host_keys:
                raise self._host_key_refused()
            with ssh_environment(self.remote, credentials, addresses) as more:
                yield {**base, **more}, config
        elif self.remote.scheme in _HTTP:
            yield {**base, **self._http_environment()}, [*config, *self._http_config(addresses)]
        else:
            yield base, config

    def _http_environment(self) -> dict[str, str]:
        """Configuration with secrets in it, which other accounts must not see among the arguments."""
        secret: dict[str, str] = {}
        if self._has_token and self._credentials is not None:
            secret[f"http.{self.remote.origin}/.extraHeader"] = self._credentials.header
        if proxy := self._connection.way.proxy_for(self.remote):
            secret["http.proxy"] = proxy
        result = {"GIT_CONFIG_COUNT": str(len(secret))} if secret else {}
        for number, (key, value) in enumerate(secret.items()):
            result |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
        return result

    def _http_config(self, addresses: list[Address]) -> list[str]:
        """Connect to the addresses that were checked, whatever the name resolves to by then."""
        ca_file = self._connection.way.ca_file
        config = [f"http.sslCAInfo={ca_file}"] if ca_file else []
        if addresses and not self.remote.is_ip_literal:
            pinned = ",".join(f"[{item}]" if ":" in str(item) else str(item) for item in addresses)
            config.append(f"http.curloptResolve={self.remote.host}:{self.remote.port}:{pinned}")
        return config

    def _host_key_refused(self) -> HostKeyRefused:
        """The call was refused before anything was sent; say what the server shows instead."""
        known = self._credentials.host_keys if self._credentials else ()
        remaining = min(_SCAN_SECONDS, self.deadline.remaining())
        offered = scan(str(self._addresses[0]), self.remote.port or 0, timeout_seconds=remaining)
        return HostKeyRefused(self.remote.host, offered, is_changed=bool(known))

    @functools.cached_property
    def _addresses(self) -> list[Address]:
        """Empty for a folder, and behind a proxy, which resolves the names itself."""
        if self.remote.port is None:
            return []
        if self._connection.way.proxy_for(self.remote):
            check_behind_proxy(self.remote.host, self._connection.way.allowed_nets)
            return []
        found = checked_addresses(
            self.remote.host,
            self.remote.port,
            allowed_nets=self._connection.way.allowed_nets,
            timeout_seconds=self.deadline.remaining(),
        )
        nets = parse_networks(self._connection.way.allowed_nets)
        if self._sends_token_in_clear and not all(is_in(item, nets) for item in found):
            raise FetchError(
                f"A token is not sent to {self.remote} without encryption; use https, or let the operator "
                "list the network of the server in JOBYARD_GIT_ALLOWED_NETS.",
                kind="refused",
                permanent=True,
            )
        return found

    @property
    def _has_token(self) -> bool:
        return self._credentials is not None and bool(self._credentials.token)

    @property
    def _sends_token_in_clear(self) -> bool:
        return self.remote.scheme == "http" and self._has_token
