"""What commits say of themselves, honest and not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jobyard_repos.commit import parse_commit

ID = "0" * 40


def _raw(
    author: bytes = b"A <a@example.com> 1 +0000", when: bytes = b"1 +0000", message: bytes = b"x"
) -> bytes:
    return b"tree %s\nauthor %s\ncommitter C <c@example.com> %s\n\n%s" % (b"0" * 40, author, when, message)


def test_the_parts_of_an_honest_commit() -> None:
    commit = parse_commit(
        ID, _raw("Zoë <zoe@example.com> 9 +0200".encode(), b"1700000000 +0100", b"Add.\n\nWhy.\n")
    )

    assert (commit.id, commit.author, commit.message) == (ID, "Zoë", "Add.\n\nWhy.")
    assert commit.committed_at.isoformat() == "2023-11-14T22:13:20+00:00"


def test_a_commit_without_a_name_shows_the_address() -> None:
    assert parse_commit(ID, _raw(b" <a@example.com> 1 +0000")).author == "a@example.com"


@pytest.mark.parametrize(
    ("when", "year"),
    [
        (b"0 +0000", 1970),
        (b"-1 +0000", 1970),
        (b"", 1970),
        (b"soon", 1970),
        (b"253402300800 +0000", 9999),
        (b"99999999999999999999999999 +0000", 9999),
        (b"18446744073709551615 +0000", 9999),
    ],
)
def test_mt18_impossible_times_become_the_nearest_possible_ones(when: bytes, year: int) -> None:
    assert parse_commit(ID, _raw(when=when)).committed_at.year == year


def test_a_huge_author_and_message_are_cut() -> None:
    commit = parse_commit(ID, _raw(b"A" * 1_000_000 + b" <a> 1 +0000", message=b"m" * 1_000_000))

    assert (len(commit.author), len(commit.message)) == (200, 10_000)


def test_control_characters_are_shown_and_not_sent() -> None:
    commit = parse_commit(
        ID,
        _raw(
            b"A\x1b[31m <a> 1 +0000",
            message="a\x1b[2J\0b\u202ec\xff".encode("latin-1", "ignore") + "\u202e".encode(),
        ),
    )

    assert commit.author == "A\\x1b[31m"
    assert commit.message == "a\\x1b[2J\\x00bc\N{REPLACEMENT CHARACTER}\\u202e"


def test_a_signature_is_no_header_of_its_own() -> None:
    data = b"tree 0\nauthor A <a> 1 +0000\ngpgsig -----BEGIN\n author Evil <e> 1 +0000\n\ncommitter x"

    assert parse_commit(ID, data).author == "A"


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    commit = parse_commit(ID, data)

    assert 1970 <= commit.committed_at.year <= 9999
    assert (
        commit.author.isprintable()
        or "\N{REPLACEMENT CHARACTER}" in commit.author
        or not commit.author.isascii()
    )
    assert "\x1b" not in commit.message
    assert "\0" not in commit.message
