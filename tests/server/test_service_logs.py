"""What the parts of jobyard write into their logs, whatever somebody calls things."""

from __future__ import annotations

import json
import logging

import pytest

from jobyard_server.lifecycle import configure_logging
from jobyard_server.option_values import secret_texts

PASSWORD = "correct/horse battery"


@pytest.fixture
def log_of(tmp_path, monkeypatch):
    """Writes records as a part does; their lines."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    monkeypatch.setenv("JOBYARD_ADMIN_PASSWORD", PASSWORD)
    monkeypatch.setenv("JOBYARD_BROKER_URL", "redis://:broker-canary@127.0.0.1:6379/0")
    configure_logging(tmp_path / "part.log")
    yield (tmp_path / "part.log").read_text
    for handler in root.handlers:
        handler.close()
    root.handlers[:], root.level = before


def test_f193_a_line_break_in_a_name_makes_no_line(log_of):
    forged = 'bob\n{"level": "info", "message": "forged"}\r\x1b[31m\u2028\u0085'

    logging.getLogger("jobyard").warning("%s logged in", forged, extra={"user": forged, "path": ["/x\ny"]})

    (line,) = log_of().splitlines()
    record = json.loads(line)
    assert record["message"] == f"{forged} logged in"
    assert record["user"] == forged
    assert record["path"] == ["/x\ny"]


def test_sr04_secrets_of_the_service_are_in_no_log_of_it(log_of):
    url = "redis://:broker-canary@127.0.0.1 and correct%2Fhorse+battery"
    reason = ValueError(f"cannot log in with {PASSWORD}")
    logging.getLogger("library").error(url, exc_info=reason, extra={"url": {"x": PASSWORD}})

    text = log_of()
    assert "broker-canary" not in text
    assert "horse" not in text
    assert json.loads(text)["message"] == "redis://:(redacted)@127.0.0.1 and (redacted)"


def test_every_secret_option_is_known_and_short_words_are_not():
    found = secret_texts(
        {
            "JOBYARD_DATABASE_URL": "postgresql://u:pass%20word@h/db",
            "JOBYARD_SECRET_KEY": "a1B2c3D4e5" * 5,
            "JOBYARD_LDAP_BIND_PASSWORD": "true",
            "JOBYARD_PLUGINS_CONFIG": '{"netbox": {"token": "0123456789", "verify": "false"}}',
            "JOBYARD_ADMIN_TOKEN": "no token",
        }
    )

    assert found == {"postgresql://u:pass%20word@h/db", "pass word", "a1B2c3D4e5" * 5, "0123456789"}
