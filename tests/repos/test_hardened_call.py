"""What git really gets: arguments, environment, configuration. A shim in its place writes it down."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest
from tests.repos.conftest import Fetch
from tests.repos.git_http import GitServer
from tests.repos.repository import Repository

from jobyard_repos import git_program as git_program_module
from jobyard_repos import hardened
from jobyard_repos.errors import FetchError, GitUnavailable
from jobyard_repos.git_program import git_program
from jobyard_repos.hardened import arguments, empty_home, environment
from jobyard_repos.mirror import Mirror
from jobyard_repos.snapshot import SnapshotStore, TreeLimits
from jobyard_repos.transport import Credentials

TOKEN = "canary-5f3c1e9a7b"
ALICE = Credentials(username="alice", token=TOKEN)
SHIM = """#!{python} -I
import json, os, resource, sys
with open({log!r}, "a") as file:
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)[0]
    session = os.getsid(0) == os.getpid()
    json.dump({{"argv": sys.argv[1:], "environment": dict(os.environ), "limit": limit,
               "session": session, "folder": os.getcwd()}}, file)
    file.write("\\n")
os.execv("/usr/bin/git", ["git", *sys.argv[1:]])
"""
ENVIRONMENT = {
    "PATH",
    "HOME",
    "LANG",
    "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_GLOBAL",
    "GIT_ATTR_NOSYSTEM",
    "GIT_TERMINAL_PROMPT",
    "GIT_ASKPASS",
    "SSH_ASKPASS",
    "GIT_ALLOW_PROTOCOL",
    "GIT_PROTOCOL_FROM_USER",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_NO_LAZY_FETCH",
    "GIT_LFS_SKIP_SMUDGE",
    "GIT_OPTIONAL_LOCKS",
}
FOR_HTTP = {"GIT_TRACE_CURL", "GIT_TRACE_CURL_NO_DATA"}
FOR_A_TOKEN = {"GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"}


@pytest.fixture
def shim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the shim writes its calls, one JSON object a line."""
    log, program = tmp_path / "calls", tmp_path / "bin" / "git"
    program.parent.mkdir()
    program.write_text(SHIM.format(python=sys.executable, log=str(log)))
    program.chmod(0o755)
    monkeypatch.setattr(hardened, "git_program", lambda: str(program))
    return log


def _calls(log: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in log.read_text().splitlines()]


def _command(call: dict[str, object]) -> list[str]:
    argv = call["argv"]
    assert isinstance(argv, list)
    start = next(
        index for index, word in enumerate(argv) if index and argv[index - 1] != "-c" and word[0] != "-"
    )
    return argv[start:]


def test_f56_data_comes_after_the_end_of_options(remote: Repository, fetch: Fetch, shim: Path) -> None:
    remote.commit({"a.py": "1"})

    fetch()

    first = next(call for call in _calls(shim) if _command(call)[0] == "fetch")
    assert _command(first)[:-1] == [
        "fetch",
        "--no-tags",
        "--no-write-fetch-head",
        "--no-auto-maintenance",
        "--no-recurse-submodules",
        "--refmap=",
        "--no-progress",
        "--depth=1",
        "--end-of-options",
        f"file://{remote.path}",
    ]
    assert _command(first)[-1].startswith("+refs/heads/main:refs/sync/")


def test_gt05_the_environment_is_built_from_nothing(
    remote: Repository, fetch: Fetch, shim: Path, mirror: Mirror, store: SnapshotStore
) -> None:
    commit = remote.commit({"a.py": "1"})

    fetch()
    store.add_commit(mirror, commit, TreeLimits())

    for call in _calls(shim):
        seen = call["environment"]
        assert isinstance(seen, dict)
        assert set(seen) - {"PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"} == ENVIRONMENT
        assert not list(Path(seen["HOME"]).iterdir())
        protocol = "file" if _command(call)[0] in {"fetch", "ls-remote"} else "none"
        assert seen["GIT_ALLOW_PROTOCOL"] == protocol
        assert call["session"] or _command(call)[0] == "upload-pack"
        assert call["folder"] == str(mirror.folder)


def test_gt14_the_size_limit_is_set_for_the_call(remote: Repository, fetch: Fetch, shim: Path) -> None:
    remote.commit({"a.py": "1"})

    fetch()

    assert {call["limit"] for call in _calls(shim) if _command(call)[0] == "fetch"} == {512 * 1024 * 1024}


def test_cr04_the_token_is_in_one_variable_only(
    remote: Repository, server: GitServer, fetch: Fetch, shim: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    remote.commit({"a.py": "1"})
    server.switches.user_and_token = ("alice", TOKEN)

    fetch(url=server.url("remote.git"), credentials=ALICE)

    secrets = {TOKEN, ALICE.header.rpartition(" ")[2]}
    for call in _calls(shim):
        seen = call["environment"]
        assert isinstance(seen, dict)
        if _command(call)[0] in {"fetch", "ls-remote"}:
            assert (
                set(seen) - {"PWD", "OLDPWD", "SHLVL", "_", "LC_CTYPE"}
                == ENVIRONMENT | FOR_HTTP | FOR_A_TOKEN
            )
            assert seen["GIT_CONFIG_KEY_0"] == f"http.http://127.0.0.1:{server.port}/.extraHeader"
            assert seen.pop("GIT_CONFIG_VALUE_0") == ALICE.header
        assert not any(secret in json.dumps(call) for secret in secrets)
    assert not any(secret in caplog.text for secret in secrets)


def test_f71_the_token_is_in_no_file(
    remote: Repository, server: GitServer, fetch: Fetch, tmp_path: Path
) -> None:
    remote.commit({"a.py": "1"})
    server.switches.user_and_token = ("alice", TOKEN)
    fetch(url=server.url("remote.git"), credentials=ALICE)

    secrets = [TOKEN.encode(), ALICE.header.rpartition(" ")[2].encode()]

    for path in tmp_path.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(secret in content for secret in secrets), path


def test_f71_the_token_is_in_no_text_about_the_call(server: GitServer, fetch: Fetch) -> None:
    assert TOKEN not in repr(ALICE)
    server.switches.status = 418

    with pytest.raises(FetchError) as caught:
        fetch(url=server.url("remote.git"), credentials=ALICE)

    assert TOKEN not in str(caught.value) + repr(caught.value) + repr(vars(caught.value))


def test_the_checked_address_is_pinned_for_names_only(
    remote: Repository, server: GitServer, fetch: Fetch, shim: Path
) -> None:
    remote.commit({"a.py": "1"})

    fetch(url=server.url("remote.git", "localhost"), allowed_nets=["127.0.0.0/8", "::1/128"])
    fetch(url=server.url("remote.git"))

    pins = {word for call in _calls(shim) for word in call["argv"] if "curloptResolve" in word}  # type: ignore[attr-defined]  # JSON
    assert len(pins) == 1
    assert pins.pop().startswith(f"http.curloptResolve=localhost:{server.port}:")


def test_f60_configuration_of_the_user_and_of_the_environment_is_not_read(
    remote: Repository, fetch: Fetch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit = remote.commit({"a.py": "1"})
    marker = tmp_path / "marker"
    home = tmp_path / "home"
    home.mkdir()
    evil = (
        f'[core]\n\tfsmonitor = "touch {marker}"\n\thooksPath = {home}\n[url "ext::sh -c touch% {marker}"]\n'
    )
    (home / ".gitconfig").write_text(
        f"{evil}\tinsteadOf = file:///\n[credential]\n\thelper = !touch {marker}\n"
    )
    hook = home / "reference-transaction"
    hook.write_text(f"#!/bin/sh\ntouch {marker}\n")
    hook.chmod(0o755)
    for name, value in {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_DIR": "/nonexistent",
        "GIT_SSH_COMMAND": f"touch {marker}",
        "GIT_EXEC_PATH": str(home),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "core.hooksPath",
        "GIT_CONFIG_VALUE_0": str(home),
        "GIT_PROXY_COMMAND": f"touch {marker}",
    }.items():
        monkeypatch.setenv(name, value)

    assert fetch().id == commit
    assert not marker.exists()


def test_f60_git_sees_our_configuration_only(remote: Repository, fetch: Fetch, mirror: Mirror) -> None:
    remote.commit({"a.py": "1"})
    fetch()

    listed = subprocess.run(
        [*arguments(mirror.folder), "config", "--list", "--show-origin", "--show-scope"],
        env=environment(scheme="https", home=empty_home(mirror.folder)),
        check=True,
        capture_output=True,
        text=True,
    ).stdout

    keys = {
        line.split("\t")[-1].partition("=")[0] for line in listed.splitlines() if not line.startswith("local")
    }
    assert keys == {item.partition("=")[0].lower() for item in hardened.FIXED_CONFIG}
    local = {line.split("\t")[-1] for line in listed.splitlines() if line.startswith("local")}
    assert local == {"core.repositoryformatversion=0", "core.filemode=false", "core.bare=true"}


def test_git_is_found_by_an_absolute_path() -> None:
    assert Path(git_program()).is_absolute()


@pytest.mark.parametrize("answer", ["git version 2.30.2", "hello"])
def test_gt20_a_git_that_is_too_old_is_refused_with_the_way_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    program = tmp_path / "git"
    program.write_text(f"#!/bin/sh\necho {answer}\n")
    program.chmod(0o755)
    monkeypatch.setattr(git_program_module, "_USUAL_FOLDERS", str(tmp_path))
    git_program.cache_clear()
    try:
        with pytest.raises(GitUnavailable, match=r"install git 2\.37 or newer"):
            git_program()
    finally:
        git_program.cache_clear()


def test_without_git_the_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_program_module, "_USUAL_FOLDERS", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    git_program.cache_clear()
    try:
        with pytest.raises(GitUnavailable, match="was not found"):
            git_program()
    finally:
        git_program.cache_clear()
