from __future__ import annotations

import pytest

from jobyard_server.options import OptionError, read_options
from jobyard_server.runs import own_patterns
from jobyard_server.runs.own_patterns import MOST_LATE, WITHHELD
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


def test_sr03_an_expression_that_takes_too_long_withholds_the_text_and_stops_nothing(monkeypatch):
    monkeypatch.setattr(own_patterns, "LIMIT", 0.05)
    redact = Redactor(["hunter22"], ["(a|aa)+$", "key-[0-9]+"])

    assert redact("key-12 and hunter22") == "(redacted) and (redacted)"
    assert redact("a" * 60 + "!") == WITHHELD
    assert redact("key-13") == "(redacted)"
    for _text in range(MOST_LATE - 1):
        redact("a" * 60 + "!")
    assert redact("harmless") == WITHHELD
