from __future__ import annotations

import pytest

from jobyard_server.options import OptionError, read_options
from jobyard_server.runs.redaction import Redactor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://bob:hunter2@example.com/x", "https://(redacted)@example.com/x"),
        ("https://token@example.com", "https://(redacted)@example.com"),
        ("password: hunter2 and more", "password: (redacted) and more"),
        ("PASSWD=hunter2", "PASSWD=(redacted)"),
        ("the secret is hunter2", "the secret is (redacted)"),
        ("token is: abc", "token is: (redacted)"),
        ("mail bob@example.com", "mail bob@example.com"),
        ("passwords are stored elsewhere", "passwords are stored elsewhere"),
        ("nothing here", "nothing here"),
    ],
)
def test_what_looks_like_a_credential_is_taken_out(text, expected):
    assert Redactor()(text) == expected


def test_secret_values_of_the_run_are_taken_out_wherever_they_are():
    redact = Redactor(["hunter22", "abc"])

    assert redact("xhunter22y abc") == "x(redacted)y abc"  # shorter than four characters stays


def test_it_takes_time_in_proportion_to_the_text():
    Redactor([f"secret-value-{number}" for number in range(1000)])("://" + "a" * 200_000)


def test_own_patterns_replace_the_usual_ones_but_not_secret_values():
    redact = Redactor(["hunter22"], ["key-[0-9]+", r"community (?P<secret>\S+)( ro)?", "(?P<secret>zzz)?end"])

    assert redact("password: x hunter22 key-12") == "password: x (redacted) (redacted)"
    assert redact("a community public ro") == "a community (redacted) ro"
    assert redact("the end") == "the end"


@pytest.mark.parametrize("value", ["secret", '"x"', '["("]', "[5]", '[""]'])
def test_patterns_that_are_none_stop_the_start(value):
    with pytest.raises(OptionError, match="JOBYARD_LOG_REDACTION_PATTERNS"):
        read_options({"JOBYARD_LOG_REDACTION_PATTERNS": value})
