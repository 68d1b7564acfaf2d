"""
Addresses of remotes: parsed once into one canonical form, which is stored, shown and given to git.

Nothing is expanded (``$NAME``, ``~``, ``%NAME%`` are ordinary characters or refused), so no secret of
this machine can end up in an address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote, unquote, unquote_to_bytes

from jobyard_repos.errors import InvalidRemoteUrl
from jobyard_repos.hosts import canonical_host, ends_in_number

DEFAULT_PORTS = {"https": 443, "http": 80, "ssh": 22}
MAX_LENGTH = 2048
MAX_USERNAME = 64

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://(.*)", re.DOTALL)
_HELPER = re.compile(r"[A-Za-z0-9+.-]*::")
_SCP_FORM = re.compile(r"(?:([^/@:]+)@)?(\[[^\]/]+\]|[^/:@]+):(?!//)(.*)", re.DOTALL)
# Line breaks fool credential programs; the others are special to a parser of git's configuration.
_PLAIN_PATH = re.compile(r"[A-Za-z0-9._~+@/-]+")
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\xa0\\\"<>`\u2028\u2029]")
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_CONTROL_BYTE = re.compile(rb"[\x00-\x1f\x7f\\]")
_PATH_SAFE = "!$&'()*+,;=:@~-._"  # what needs no percent-encoding in a part of a path


@dataclass(frozen=True, kw_only=True)
class RemoteUrl:
    """An address that was checked; ``str()`` is its canonical form, without user name or password."""

    scheme: str  #: ``https``, ``http``, ``ssh`` or ``file``.
    host: str  #: Lower case, punycode, or an IP literal without brackets; ``""`` for ``file``.
    port: int | None  #: Always set, except for ``file``.
    username: str  #: ``""`` when the address had none; it belongs into its own field.
    path: str  #: Starts with ``/``; percent-encoded.
    is_relative: bool = False  #: ``host:path`` of ssh: below the home of the user, not below the root.

    def __str__(self) -> str:
        if self.is_relative:
            return f"{self.bracketed_host}:{self.path[1:]}"
        return f"{self._authority}{self.path}"

    def for_git(self, username: str) -> str:
        """The address that git is given; the user name belongs into it for ssh only."""
        if self.scheme != "ssh":
            return str(self)
        if self.is_relative:
            return f"{username}@{self}"
        return f"ssh://{username}@{str(self).removeprefix('ssh://')}"

    @property
    def origin(self) -> str:
        """``scheme://host:port``: what a credential is approved for."""
        if self.port is None:
            return f"{self.scheme}://"
        return f"{self.scheme}://{self.bracketed_host}:{self.port}"

    @property
    def file_path(self) -> str:
        """Of a ``file`` remote: the folder."""
        return unquote(self.path)

    @property
    def bracketed_host(self) -> str:
        """The host as it stands in an address."""
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def is_ip_literal(self) -> bool:
        return ends_in_number(self.host) or ":" in self.host

    @property
    def _authority(self) -> str:
        if self.port == DEFAULT_PORTS.get(self.scheme):
            return f"{self.scheme}://{self.bracketed_host}"
        return self.origin


def parse_remote_url(text: str, *, allow_file: bool) -> RemoteUrl:
    """
    Check an address that a person typed.

    Args:
        text: ``https://host/path``, ``http://…``, ``ssh://user@host/path`` or ``user@host:path``; the user
            name is moved out of the address.
        allow_file: Accept ``file:///folder`` and ``/folder`` too. A setting of the server, never of a
            request.

    Raises:
        InvalidRemoteUrl: With what is wrong and, where we know it, what to write instead.
    """
    _check_characters(text)
    if " " in text and not (allow_file and text.startswith(("/", "file:/"))):
        raise InvalidRemoteUrl("The address contains a space; write '%20' for it.")
    if allow_file and text.startswith("/"):
        return _file_url(_canonical_path(quote(text, safe="/")))
    match = _SCHEME.fullmatch(text)
    if match is None:
        return _parse_scp(text)
    scheme, rest = match[1].lower(), match[2]
    if scheme == "file" and allow_file:
        return _parse_file(rest)
    if scheme not in DEFAULT_PORTS:
        raise InvalidRemoteUrl(_refused_scheme(scheme))
    remote = _parse_server(scheme, rest)
    if scheme == "ssh":
        _check_options(remote)
    return remote


def _check_characters(text: str) -> None:
    if not text:
        raise InvalidRemoteUrl("The address of the repository is empty.")
    if len(text) > MAX_LENGTH:
        raise InvalidRemoteUrl(f"The address of a repository has at most {MAX_LENGTH} characters.")
    if text.startswith("-"):
        raise InvalidRemoteUrl("The address of a repository cannot start with '-'.")
    if _FORBIDDEN.search(text) or not text.isprintable():
        raise InvalidRemoteUrl(
            'The address contains a control character or one of \\ " < > `; '
            "write such characters of a path percent-encoded."
        )
    if _BAD_ESCAPE.search(text):
        raise InvalidRemoteUrl("The address contains '%' without two hex digits; write '%25' for it.")
    if _CONTROL_BYTE.search(unquote_to_bytes(text)):
        raise InvalidRemoteUrl("The address contains an encoded control character or backslash.")


def _parse_scp(text: str) -> RemoteUrl:
    """``user@host:path``, the short form of ssh."""
    match = _SCP_FORM.fullmatch(text)
    if _HELPER.match(text):
        raise InvalidRemoteUrl(
            "Addresses of the form 'helper::address' are not allowed; use https://host/path."
        )
    if match is None or not match[3] or match[3].startswith(":"):
        raise InvalidRemoteUrl(
            "The address of a repository looks like https://host/path or user@host:path for ssh."
        )
    userinfo, host, path = match[1] or "", match[2], match[3]
    if host.lower() in {*DEFAULT_PORTS, "file", "ext", "fd"}:
        raise InvalidRemoteUrl(f"After '{host}:' two slashes are missing; write https://host/path.")
    if not _PLAIN_PATH.fullmatch(path):
        raise InvalidRemoteUrl("Write ssh://user@host/path for a path with unusual characters.")
    remote = RemoteUrl(
        scheme="ssh",
        host=canonical_host(host),
        port=DEFAULT_PORTS["ssh"],
        username=_parse_userinfo(userinfo, given=match[1] is not None),
        path=_canonical_path(f"/{path}"),
        is_relative=not path.startswith("/"),
    )
    _check_options(remote)
    return remote


def _check_options(remote: RemoteUrl) -> None:
    """Ssh and the programs behind it read a leading ``-`` as an option (CVE-2017-1000117)."""
    parts = [remote.username, remote.host, *unquote(remote.path).split("/")]
    if any(part.startswith("-") for part in parts):
        raise InvalidRemoteUrl("No part of an ssh address may start with '-'.")


def _refused_scheme(scheme: str) -> str:
    if scheme in {"git+ssh", "ssh+git"}:
        return "Write ssh:// or user@host:path for ssh."
    if scheme == "file":
        return (
            "Folders of this machine are not allowed as remotes; use https, or let the operator set "
            "JOBYARD_ALLOW_FILE_REMOTES."
        )
    return f"Remotes of the scheme '{scheme}' are not allowed; use https."


def _parse_file(rest: str) -> RemoteUrl:
    host, slash, path = rest.partition("/")
    if host.lower() not in {"", "localhost"}:
        raise InvalidRemoteUrl("A file remote has no host; write file:///folder.")
    return _file_url(_canonical_path(slash + path))


def _file_url(path: str) -> RemoteUrl:
    return RemoteUrl(scheme="file", host="", port=None, username="", path=path)


def _parse_server(scheme: str, rest: str) -> RemoteUrl:
    authority, slash, path = rest.partition("/")
    userinfo, _, address = authority.rpartition("@")
    host, port = _split_port(address)
    return RemoteUrl(
        scheme=scheme,
        host=canonical_host(host),
        port=_parse_port(port) if port else DEFAULT_PORTS[scheme],
        username=_parse_userinfo(userinfo, given="@" in authority),
        path=_canonical_path(slash + path),
    )


def _parse_userinfo(userinfo: str, *, given: bool) -> str:
    if ":" in userinfo:
        raise InvalidRemoteUrl(
            "The address contains a password; remove it and use the token field (for ssh the key)."
        )
    username = unquote_to_bytes(userinfo).decode(errors="replace")
    if not given:
        return ""
    if not username or len(username) > MAX_USERNAME or username.startswith("-"):
        raise InvalidRemoteUrl(f"The user name in the address must have 1 to {MAX_USERNAME} characters.")
    if "@" in userinfo or ":" in username or not username.isprintable():
        raise InvalidRemoteUrl("The user name in the address contains a character that is not allowed.")
    return username


def _split_port(address: str) -> tuple[str, str]:
    if address.startswith("["):
        host, bracket, port = address.partition("]")
        if not bracket or (port and not port.startswith(":")):
            raise InvalidRemoteUrl("The address of the server has an unbalanced bracket.")
        return f"{host}]", port[1:]
    host, _, port = address.partition(":")
    return host, port


def _parse_port(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or not 1 <= int(text[:6]) <= 65535 or len(text) > 6:  # noqa: PLR2004  # ports have 16 bits
        raise InvalidRemoteUrl("The port in the address must be a number from 1 to 65535.")
    return int(text)


def _canonical_path(text: str) -> str:
    if "?" in text or "#" in text:
        raise InvalidRemoteUrl("The address of a repository has no '?' and no '#'.")
    parts = [unquote_to_bytes(part) for part in text.split("/") if part]
    if not parts:
        raise InvalidRemoteUrl("The address names no repository; it looks like https://host/path.")
    if any(part in {b".", b".."} for part in parts):
        raise InvalidRemoteUrl("The path of a repository cannot contain '.' or '..' as a folder.")
    return "".join(f"/{quote(part, safe=_PATH_SAFE)}" for part in parts)
