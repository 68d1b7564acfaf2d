"""The only place that runs git against a remote."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from pathlib import Path

from jobyard_repos.addresses import Address, checked_addresses, is_in, parse_networks
from jobyard_repos.credentials import Credentials
from jobyard_repos.deadline import Deadline
from jobyard_repos.errors import FetchError
from jobyard_repos.hardened import arguments, empty_home, environment
from jobyard_repos.limits import FetchLimits
from jobyard_repos.outcomes import Failure, explain, is_missing_ref, not_a_git_server
from jobyard_repos.processes import GitProcess, Tail, drain
from jobyard_repos.remotes import RemoteUrl
from jobyard_repos.response_headers import ResponseHeaders

__all__ = ["Credentials", "FetchLimits", "MissingRef", "RemoteCalls"]

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
        remote: Where from.
        credentials: Given to this origin only, by the environment of the call: not in the address,
            the arguments, a file or a log.
        limits: Size, and the time that messages mention.
        deadline: When everything must be over.
        allowed_nets: Networks that are fine although the rules forbid them.
        lock: Descriptor of the mirror's lock, for git to hold too.
    """

    def __init__(
        self,
        mirror: Path,
        remote: RemoteUrl,
        *,
        credentials: Credentials | None,
        limits: FetchLimits,
        deadline: Deadline,
        allowed_nets: Sequence[str],
        lock: int,
    ) -> None:
        self.remote = remote
        self.deadline = deadline
        self._mirror = mirror
        self._credentials = credentials if credentials and credentials.token else None
        self._limits = limits
        self._allowed_nets = allowed_nets
        self._lock = lock
        self._blocks = max(1, limits.pack_bytes // _BLOCK_BYTES)

    @property
    def notes(self) -> tuple[str, ...]:
        """What a person should know about the way to this remote."""
        if self._sends_token_in_clear:
            return (f"The token is sent to {self.remote} without encryption; use https.",)
        return ()

    def fetch(self, refspec: str, *, depth: int | None = None) -> None:
        """
        Bring exactly one ref.

        Raises:
            MissingRef: The remote lacks it.
        """
        options = [] if depth is None else [f"--depth={depth}"]
        self._run("fetch", *_FETCH_OPTIONS, *options, "--end-of-options", str(self.remote), refspec)

    def fetch_all(self, prefix: str, *, unshallow: bool) -> None:
        """Bring all branches and tags below *prefix*, with their whole history."""
        options = ["--prune", *(["--unshallow"] if unshallow else [])]
        refspecs = [f"+refs/{kind}/*:{prefix}/{kind}/*" for kind in ("heads", "tags")]
        self._run("fetch", *_FETCH_OPTIONS, *options, "--end-of-options", str(self.remote), *refspecs)

    def has_ref(self, name: str) -> bool:
        """Ask the remote for one full ref name."""
        output = self._run("ls-remote", "--end-of-options", str(self.remote), name)
        # git matches the ends of names, so refs/x/refs/heads/main answers to refs/heads/main too.
        return any(line.partition(b"\t")[2] == name.encode() for line in output.splitlines())

    def _run(self, *command: str) -> bytes:
        stdout, stderr, headers = Tail(_OUTPUT_KEPT), Tail(_OUTPUT_KEPT), ResponseHeaders()
        reading, writing = os.pipe()
        with os.fdopen(reading, "rb", buffering=0) as trace:
            with os.fdopen(writing, "wb", buffering=0) as trace_end:
                process = self._start(command, trace_end.fileno())
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
        self._check(failure, is_git_server=not headers.serves_pages)
        return stdout.data

    def _start(self, command: Sequence[str], trace: int) -> GitProcess:
        return GitProcess(
            [*_WITH_SIZE_LIMIT, str(self._blocks), *arguments(self._mirror, *self._pins()), *command],
            environment=self._environment(trace),
            folder=self._mirror,
            timeout_seconds=self.deadline.remaining(),
            stdout=True,
            stderr=True,
            inherited=[trace, self._lock],
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
        raise explain(
            failure,
            self.remote,
            timeout_seconds=self._limits.timeout_seconds,
            secrets=self._credentials.secrets if self._credentials else (),
        )

    def _has_full_file(self) -> bool:
        """The kernel ended a helper at the limit; git only says that the helper's output is invalid."""
        most = self._blocks * _BLOCK_BYTES
        halves = (self._mirror / "objects/pack").glob("tmp_*")
        return any(path.lstat().st_size >= most for path in halves)

    def _environment(self, trace: int) -> dict[str, str]:
        result = environment(scheme=self.remote.scheme, home=empty_home(self._mirror))
        if self.remote.scheme == "file":
            return result
        # Headers of the answers, for the target of a redirect and for Retry-After; nothing else of it
        # is kept. git hides credentials in this trace, and no body is in it.
        result |= {"GIT_TRACE_CURL": f"/dev/fd/{trace}", "GIT_TRACE_CURL_NO_DATA": "1"}
        if self._credentials is not None:
            result |= {
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": f"http.{self.remote.origin}/.extraHeader",
                "GIT_CONFIG_VALUE_0": self._credentials.header,
            }
        return result

    def _pins(self) -> list[str]:
        """Connect to the addresses that were checked, whatever the name resolves to by then."""
        addresses = self._addresses  # checked in any case
        if self.remote.scheme == "file" or self.remote.is_ip_literal:
            return []
        pinned = ",".join(f"[{item}]" if ":" in str(item) else str(item) for item in addresses)
        return [f"http.curloptResolve={self.remote.host}:{self.remote.port}:{pinned}"]

    @functools.cached_property
    def _addresses(self) -> list[Address]:
        if self.remote.port is None:
            return []
        found = checked_addresses(
            self.remote.host,
            self.remote.port,
            allowed_nets=self._allowed_nets,
            timeout_seconds=self.deadline.remaining(),
        )
        nets = parse_networks(self._allowed_nets)
        if self._sends_token_in_clear and not all(is_in(item, nets) for item in found):
            raise FetchError(
                f"A token is not sent to {self.remote} without encryption; use https, or let the operator "
                "list the network of the server in JOBYARD_GIT_ALLOWED_NETS.",
                kind="refused",
                permanent=True,
            )
        return found

    @property
    def _sends_token_in_clear(self) -> bool:
        return self.remote.scheme == "http" and self._credentials is not None
