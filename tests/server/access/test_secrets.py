from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobyard_server.access.errors import SecretUnreadable
from jobyard_server.access.secrets import decrypt, encrypt

CANARY = "glpat-canary-0123456789"


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_goes_in_comes_out(text):
    assert decrypt(encrypt(text)) == text


def test_the_stored_form_tells_nothing():
    assert CANARY not in encrypt(CANARY)
    assert encrypt(CANARY) != encrypt(CANARY)


@pytest.mark.parametrize("stored", ["", "x", CANARY, "gAAAAA", "é"])
def test_what_was_not_encrypted_here_gives_a_sentence(stored):
    with pytest.raises(SecretUnreadable, match="encryption-key") as caught:
        decrypt(stored)

    assert CANARY not in str(caught.value)


def test_a_changed_value_is_noticed():
    stored = encrypt(CANARY)
    changed = stored[:-10] + ("A" if stored[-10] != "A" else "B") + stored[-9:]

    with pytest.raises(SecretUnreadable):
        decrypt(changed)


def test_f186_another_installation_cannot_read_a_copied_row(settings, tmp_path):
    stored = encrypt(CANARY)

    settings.DATA_DIR = tmp_path

    with pytest.raises(SecretUnreadable):
        decrypt(stored)


def test_f186_an_older_key_still_reads(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "before"
    stored = encrypt(CANARY)
    old = (tmp_path / "before/keys/encryption-key").read_text()
    settings.DATA_DIR = tmp_path / "after"
    (tmp_path / "after/keys").mkdir(parents=True)
    (tmp_path / "after/keys/encryption-key").write_text(f"newest\n{old}\n")

    assert decrypt(stored) == CANARY


def test_the_key_file_is_private(settings, tmp_path):
    settings.DATA_DIR = tmp_path

    encrypt("x")

    assert (tmp_path / "keys/encryption-key").stat().st_mode & 0o077 == 0
