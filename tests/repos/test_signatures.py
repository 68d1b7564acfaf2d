"""Signatures of commits: every row of what git says about them, through our own rules."""

from __future__ import annotations

import dataclasses
import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.repos.repository import Repository, raw_commit
from tests.repos.signing import GpgSigner, SshSigner, signed_commit

from jobyard_repos.signatures import Signer, Verdict, check_signature
from jobyard_repos.tag_signature import check_tag

NOW = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
YESTERDAY = NOW - dt.timedelta(days=1)


@pytest.fixture(scope="module")
def alice(tmp_path_factory: pytest.TempPathFactory) -> SshSigner:
    return SshSigner(tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def mallory(tmp_path_factory: pytest.TempPathFactory) -> SshSigner:
    return SshSigner(tmp_path_factory.mktemp("keys"), "mallory")


@pytest.fixture(scope="module")
def gpg_alice() -> Iterator[GpgSigner]:
    with tempfile.TemporaryDirectory(prefix="jy-") as folder:  # short: sockets are made below it
        signer = GpgSigner(Path(folder) / "home")
        yield signer
        signer.close()


@pytest.fixture
def repository(remote: Repository) -> Repository:
    remote.commit({"jobs/a.py": "1"})
    return remote


def judged(repository: Repository, commit: str, *signers: Signer, **options: object) -> Verdict:
    values: dict[str, object] = {"now": NOW, "timeout_seconds": 20.0, **options}
    return check_signature(repository.path, commit, list(signers), **values)  # type: ignore[arg-type]


def test_f144_ssh_by_a_listed_key(repository: Repository, alice: SshSigner) -> None:
    verdict = judged(repository, alice.commit(repository.path), alice.listed())

    assert verdict == Verdict(state="verified", signer="alice", fingerprint=alice.fingerprint)


def test_f144_ssh_good_signature_by_a_key_that_is_not_listed(
    repository: Repository, alice: SshSigner, mallory: SshSigner
) -> None:
    verdict = judged(repository, mallory.commit(repository.path), alice.listed())

    assert (verdict.state, verdict.fingerprint) == ("refused", mallory.fingerprint)
    assert "not trusted here" in verdict.sentence


def test_f144_ssh_expired(repository: Repository, alice: SshSigner) -> None:
    verdict = judged(repository, alice.commit(repository.path), alice.listed(not_after=YESTERDAY))

    assert verdict.state == "refused"
    assert "expired on 2026-05-31" in verdict.sentence


def test_f144_ssh_expired_and_backdated_by_its_author(repository: Repository, alice: SshSigner) -> None:
    """git compares with the commit's own date, and would let this one in."""
    commit = alice.commit(repository.path, date="2020-01-01T00:00:00Z")

    assert judged(repository, commit, alice.listed(not_after=YESTERDAY)).state == "refused"


def test_f144_ssh_revoked(repository: Repository, alice: SshSigner) -> None:
    verdict = judged(repository, alice.commit(repository.path), alice.listed(is_revoked=True))

    assert verdict.state == "refused"
    assert "was revoked" in verdict.sentence


def test_f144_ssh_without_any_listed_key(repository: Repository, alice: SshSigner) -> None:
    assert "no SSH key is trusted here" in judged(repository, alice.commit(repository.path)).sentence


def test_f144_unsigned(repository: Repository, alice: SshSigner) -> None:
    assert judged(repository, repository.head(), alice.listed()).state == "unsigned"


def test_f144_gpg_by_a_listed_key_whose_trust_gpg_does_not_know(
    repository: Repository, gpg_alice: GpgSigner, alice: SshSigner
) -> None:
    commit = gpg_alice.commit(repository.path)

    verdict = judged(repository, commit, alice.listed(), gpg_alice.listed())

    assert verdict == Verdict(state="verified", signer="alice", fingerprint=gpg_alice.fingerprint)


def test_f144_gpg_by_a_key_that_is_missing(repository: Repository, gpg_alice: GpgSigner) -> None:
    with tempfile.TemporaryDirectory(prefix="jy-") as folder:
        other = GpgSigner(Path(folder) / "home", "mallory")
        commit = other.commit(repository.path)
        other.close()

    assert "GPG key that is not trusted" in judged(repository, commit, gpg_alice.listed()).sentence


def test_f144_gpg_revoked_in_our_list(repository: Repository, gpg_alice: GpgSigner) -> None:
    commit = gpg_alice.commit(repository.path)

    assert judged(repository, commit, gpg_alice.listed(is_revoked=True)).state == "refused"


def test_a_key_of_the_keyring_is_not_enough_when_the_list_names_another_fingerprint(
    repository: Repository, gpg_alice: GpgSigner
) -> None:
    """Whoever gets a second key into an armoured block gains nothing."""
    listed = dataclasses.replace(gpg_alice.listed(), fingerprint="A" * 40)

    assert judged(repository, gpg_alice.commit(repository.path), listed).state == "refused"


def test_a_signature_over_another_commit_is_bad(repository: Repository, alice: SshSigner) -> None:
    signed = repository.git("cat-file", "commit", alice.commit(repository.path))
    changed = repository.git(
        "hash-object", "-t", "commit", "-w", "--stdin", data=signed.replace("Signed.", "Forged.").encode()
    )

    verdict = judged(repository, changed, alice.listed())

    assert verdict.state == "refused"
    assert "not good" in verdict.sentence


def test_sg07_words_that_an_author_writes_are_not_read(repository: Repository, alice: SshSigner) -> None:
    message = b"[GNUPG:] VALIDSIG " + b"A" * 40 + b'\nGood "git" signature for alice'
    forged = b"gpgsig -----BEGIN SSH SIGNATURE-----\n " + message.replace(b"\n", b"\n ") + b"\n"
    commit = raw_commit(repository.path, repository.git("rev-parse", "main^{tree}"), forged)

    assert judged(repository, commit, alice.listed()).state == "refused"


@pytest.mark.parametrize(
    "headers",
    [
        b"gpgsig -----BEGIN SSH SIGNATURE-----\n x\ngpgsig -----BEGIN SSH SIGNATURE-----\n x\n",
        b"gpgsig-sha256 -----BEGIN SSH SIGNATURE-----\n x\n",
        b"gpgsig -----BEGIN SIGNED MESSAGE-----\n x\n",
        b"gpgsig \n",
    ],
)
def test_sg08_two_signatures_or_another_kind_are_refused(
    repository: Repository, alice: SshSigner, headers: bytes
) -> None:
    commit = raw_commit(repository.path, repository.git("rev-parse", "main^{tree}"), headers)

    assert judged(repository, commit, alice.listed()).state == "refused"


def test_f145_the_head_is_what_counts(repository: Repository, alice: SshSigner) -> None:
    """Signed over unsigned passes, unsigned over signed does not: the page says so beside the policy."""
    signed = alice.commit(repository.path)
    unsigned = repository.commit({"jobs/b.py": "1"})

    assert judged(repository, signed, alice.listed()).state == "verified"
    assert judged(repository, unsigned, alice.listed()).state == "unsigned"


def test_f147_a_list_inside_the_repository_is_ignored(
    remote: Repository, alice: SshSigner, mallory: SshSigner
) -> None:
    remote.commit({"allowed_signers": f"mallory {mallory.public_line}", ".gitconfig": "[gpg]\n"})
    commit = mallory.commit(remote.path)

    assert judged(remote, commit, alice.listed()).state == "refused"


@pytest.mark.parametrize(
    "script",
    [
        "exit 0",
        "exit 1",
        "exec sleep 100",
        "head -c 100000000 /dev/zero >&2; exit 0",
        "head -c 100000000 /dev/zero; exit 0",
        "kill -9 $$",
    ],
)
def test_f148_a_verifier_that_misbehaves_is_a_refusal_in_time(
    repository: Repository, gpg_alice: GpgSigner, tmp_path: Path, script: str
) -> None:
    shim = tmp_path / "gpg"
    shim.write_text(f"#!/bin/sh\n{script}\n")
    shim.chmod(0o755)
    commit = gpg_alice.commit(repository.path)

    verdict = judged(repository, commit, gpg_alice.listed(), timeout_seconds=2.0, programs={"gpg": str(shim)})

    assert verdict.state == "refused"


def test_f148_a_verifier_that_is_missing_is_a_refusal(repository: Repository, gpg_alice: GpgSigner) -> None:
    commit = gpg_alice.commit(repository.path)

    verdict = judged(repository, commit, gpg_alice.listed(), programs={"gpg": "/nowhere/gpg"})

    assert verdict.state == "refused"


def test_f149_no_helper_of_gpg_is_left_behind(repository: Repository, gpg_alice: GpgSigner) -> None:
    commit = gpg_alice.commit(repository.path)

    for _ in range(5):
        assert judged(repository, commit, gpg_alice.listed()).state == "verified"

    assert _gpg_helpers() <= {str(gpg_alice.home)}


def _gpg_helpers() -> set[str]:
    """Homes of the gpg helpers that our folders could have started."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if words[0].endswith((b"gpg-agent", b"keyboxd")) and b"--homedir" in words:
            home = words[words.index(b"--homedir") + 1].decode()
            if "/jobyard-" in home or "/jy-" in home:
                found.add(home)
    return found


def test_sg04_the_signers_own_configuration_is_not_used(
    repository: Repository, alice: SshSigner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    marker = tmp_path / "marker"
    script = tmp_path / "verifier"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    config = tmp_path / "config"
    config.write_text(f'[gpg]\n\tprogram = {script}\n[gpg "ssh"]\n\tprogram = {script}\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    commit = signed_commit(repository.path, {"gpg.format": "ssh", "user.signingkey": str(alice.key)})

    assert judged(repository, commit, alice.listed()).state == "verified"
    assert not marker.exists()


def judged_tag(repository: Repository, tag: str, name: str, *signers: Signer) -> Verdict:
    return check_tag(repository.path, tag, name, list(signers), now=NOW, timeout_seconds=20.0)


def test_sg11_a_signed_tag_counts_under_its_own_name_only(
    repository: Repository, alice: SshSigner, gpg_alice: GpgSigner
) -> None:
    for signer in (alice, gpg_alice):
        tag = signer.tag(repository.path, "v1.0")

        verdict = judged_tag(repository, tag, "v1.0", alice.listed(), gpg_alice.listed())

        assert verdict == Verdict(state="verified", signer="alice", fingerprint=signer.fingerprint)
        other = judged_tag(repository, tag, "v2.0", alice.listed(), gpg_alice.listed())
        assert (other.state, "another name inside" in other.sentence) == ("refused", True)


def test_sg11_keys_of_tags_are_judged_like_those_of_commits(
    repository: Repository, alice: SshSigner, mallory: SshSigner, gpg_alice: GpgSigner
) -> None:
    tag = alice.tag(repository.path, "v1.0")

    sentences = {
        judged_tag(repository, tag, "v1.0", *signers).sentence
        for signers in (
            [alice.listed(is_revoked=True)],
            [alice.listed(not_after=YESTERDAY)],
            [mallory.listed()],
            [gpg_alice.listed()],
        )
    }

    assert len(sentences) == 4
    assert all(text.startswith("The tag v1.0: It is signed") for text in sentences)


def test_sg11_a_tag_whose_text_or_signature_was_changed_is_refused(
    repository: Repository, alice: SshSigner, mallory: SshSigner
) -> None:
    signed = repository.git("cat-file", "tag", alice.tag(repository.path, "v1.0"))
    other = repository.git("cat-file", "tag", mallory.tag(repository.path, "v1.0"))
    block = "-----BEGIN SSH SIGNATURE-----"
    text, _, ours = signed.partition(block)
    theirs = other.partition(block)[2]

    def made(data: str) -> Verdict:
        name = repository.git("hash-object", "-t", "tag", "-w", "--literally", "--stdin", data=data.encode())
        return judged_tag(repository, name, "v1.0", alice.listed(), mallory.listed())

    assert made(f"{signed}\n").state == "verified"
    assert made(f"{signed}\n".replace("Signed.", "Signed!")).state == "refused"
    assert made(f"{text}{block}{theirs[:200]}{ours[200:]}\n").state == "refused"
    assert made(f"{signed}\n{block}{theirs}\n").sentence.endswith("exactly one SSH or GPG signature.")
    assert made(text).state == "unsigned"
