"""Commits with real signatures, by keys that are made for the test."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.repos.repository import CLEAN
from tests.repos.sshd import make_key, public_line

from jobyard_repos.gpg_signature import key_fingerprints
from jobyard_repos.host_keys import read_host_key
from jobyard_repos.signatures import Signer


def signed_commit(repository: Path, config: dict[str, str], *, date: str = "", **environment: str) -> str:
    """A commit on top of main with the tree of main, signed as *config* says."""
    options = [part for key, value in config.items() for part in ("-c", f"{key}={value}")]
    dates = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date} if date else {}
    env = {**CLEAN, "PATH": "/usr/bin:/bin", **dates, **environment}

    def git(*command: str) -> str:
        done = subprocess.run(
            ["git", f"--git-dir={repository}", *options, *command], env=env, check=True, capture_output=True
        )
        return done.stdout.decode().strip()

    commit = git("commit-tree", "-S", "-m", "Signed.", "-p", "refs/heads/main", "refs/heads/main^{tree}")
    git("update-ref", "refs/heads/main", commit)
    return commit


def signed_tag(repository: Path, name: str, config: dict[str, str], **environment: str) -> str:
    """An annotated tag on main, signed as *config* says; the id of its object."""
    options = [part for key, value in config.items() for part in ("-c", f"{key}={value}")]
    env = {**CLEAN, "PATH": "/usr/bin:/bin", **environment}
    call = ["git", f"--git-dir={repository}", *options]
    subprocess.run(
        [*call, "tag", "-f", "-s", "-m", "Signed.", name, "main"], env=env, check=True, capture_output=True
    )
    ask = [*call, "rev-parse", f"refs/tags/{name}"]
    found = subprocess.run(ask, env=env, check=True, capture_output=True)
    return found.stdout.decode().strip()


class SshSigner:
    def __init__(self, folder: Path, name: str = "alice") -> None:
        self.name = name
        self.key = make_key(folder / f"signing-{name}")

    def commit(self, repository: Path, *, date: str = "") -> str:
        return signed_commit(repository, {"gpg.format": "ssh", "user.signingkey": str(self.key)}, date=date)

    def tag(self, repository: Path, name: str) -> str:
        return signed_tag(repository, name, {"gpg.format": "ssh", "user.signingkey": str(self.key)})

    @property
    def public_line(self) -> str:
        return public_line(self.key)

    @property
    def fingerprint(self) -> str:
        key = read_host_key(self.public_line)
        assert key is not None
        return key.fingerprint

    def listed(self, **values: object) -> Signer:
        return Signer(
            kind="ssh",
            principal=self.name,
            public_key=self.public_line,
            fingerprint=self.fingerprint,
            **values,  # type: ignore[arg-type]
        )


class GpgSigner:
    def __init__(self, home: Path, name: str = "alice") -> None:
        home.mkdir(mode=0o700)
        self.home, self.name = home, name
        self._gpg("--quick-gen-key", f"{name} <{name}@example.com>", "ed25519", "sign", "never")
        self.public = self._gpg("--armor", "--export")
        (self.fingerprint,) = key_fingerprints(self.public)

    def _gpg(self, *arguments: str) -> str:
        call = ["gpg", "--batch", "--no-tty", "--quiet", "--passphrase", "", *arguments]
        env = {"GNUPGHOME": str(self.home), "PATH": "/usr/bin:/bin"}
        return subprocess.run(call, env=env, check=True, capture_output=True, text=True).stdout

    def commit(self, repository: Path) -> str:
        config = {"gpg.format": "openpgp", "user.signingkey": self.fingerprint}
        return signed_commit(repository, config, GNUPGHOME=str(self.home))

    def tag(self, repository: Path, name: str) -> str:
        config = {"gpg.format": "openpgp", "user.signingkey": self.fingerprint}
        return signed_tag(repository, name, config, GNUPGHOME=str(self.home))

    def listed(self, **values: object) -> Signer:
        return Signer(
            kind="gpg",
            principal=self.name,
            public_key=self.public,
            fingerprint=self.fingerprint,
            **values,  # type: ignore[arg-type]
        )

    def close(self) -> None:
        subprocess.run(["gpgconf", "--homedir", str(self.home), "--kill", "all"], check=True)
