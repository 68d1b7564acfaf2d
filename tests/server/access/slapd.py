"""A real OpenLDAP server on a loopback address, with people and groups, over TLS only."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest
from tests.repos.authority import make_certificate

PROGRAM = shutil.which("slapd", path="/usr/sbin:/usr/local/sbin:/usr/lib/openldap:/opt/homebrew/libexec")
BASE = "dc=example,dc=org"
READER, READER_PASSWORD = f"cn=reader,{BASE}", "password of the reader"
READY_SECONDS = 60
CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload ppolicy
TLSCertificateFile {folder}/server.pem
TLSCertificateKeyFile {folder}/server.key
security simple_bind=128
access to attrs=userPassword by anonymous auth by * none
access to * by dn.exact="{reader}" read by self read by * none
database mdb
suffix "{base}"
directory {folder}/data
maxsize 10485760
overlay ppolicy
ppolicy_default "cn=policy,{base}"
"""
ENTRIES = """
dn: {base}
objectClass: dcObject
objectClass: organization
o: Example

dn: ou=people,{base}
objectClass: organizationalUnit

dn: ou=groups,{base}
objectClass: organizationalUnit

dn: cn=policy,{base}
objectClass: pwdPolicy
objectClass: device
pwdAttribute: userPassword
pwdLockout: TRUE

dn: {reader}
objectClass: organizationalRole
objectClass: simpleSecurityObject
userPassword: {reader_password}
"""


class Slapd:
    """A context manager; ``url`` asks for StartTLS, ``ldaps`` begins with TLS."""

    def __init__(self, folder: Path) -> None:
        if PROGRAM is None:
            assert not os.environ.get("JOBYARD_REQUIRE_SERVICES"), "slapd is not installed"
            pytest.skip("slapd is not installed")
        self.folder = folder
        (folder / "data").mkdir(parents=True)
        self.certificate = folder / "server.pem"
        make_certificate(self.certificate, "127.0.0.1")
        self.url, self.ldaps = (f"{scheme}://127.0.0.1:{_free_port()}" for scheme in ("ldap", "ldaps"))
        self._text = ENTRIES.format(base=BASE, reader=READER, reader_password=READER_PASSWORD)
        self._process: subprocess.Popen[bytes] | None = None

    def person(self, uid: str, password: str, *, locked: bool = False) -> str:
        """Add an account before the start; its name in the directory."""
        name = f"uid={uid},ou=people,{BASE}"
        lines = ["objectClass: inetOrgPerson", f"cn: {uid}", "sn: Example", f"mail: {uid}@example.org"]
        lines += ["pwdAccountLockedTime: 000001010000Z"] if locked else []
        self._add(name, *lines, f"userPassword: {password}")
        return name

    def group(self, name: str, *members: str) -> None:
        lines = [f"member: {member}" for member in members]
        self._add(f"cn={name},ou=groups,{BASE}", "objectClass: groupOfNames", *lines)

    def _add(self, name: str, *lines: str) -> None:
        self._text += "\n".join(["", f"dn: {name}", *lines, ""])

    def __enter__(self) -> Self:
        assert PROGRAM is not None
        (self.folder / "slapd.conf").write_text(
            CONFIGURATION.format(folder=self.folder, reader=READER, base=BASE)
        )
        fill = [PROGRAM, "-T", "add", "-f", str(self.folder / "slapd.conf")]
        subprocess.run(fill, input=self._text.encode(), check=True)
        self._start()
        return self

    def _start(self) -> None:
        configuration = str(self.folder / "slapd.conf")
        command = [str(PROGRAM), "-f", configuration, "-h", f"{self.url}/ {self.ldaps}/", "-d", "0"]
        self._process = subprocess.Popen(command)
        for url in (self.url, self.ldaps):
            self._await(int(url.rpartition(":")[2]))

    def __exit__(self, *_: object) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    @contextlib.contextmanager
    def stopped(self) -> Iterator[None]:
        """As when the machine of the directory is down."""
        self.__exit__()
        yield
        self._start()

    def _await(self, port: int) -> None:
        end = time.monotonic() + READY_SECONDS
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=5):
                return
            assert self._process is not None
            assert self._process.poll() is None, "slapd has ended"
            assert time.monotonic() < end, "slapd does not answer"
            time.sleep(0.02)  # between two looks at another process


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
