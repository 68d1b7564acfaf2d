"""Names that people type for branches, tags and commits."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.repos.repository import CLEAN

from jobyard_repos.errors import InvalidRefName
from jobyard_repos.refs import check_ref_name, is_commit_id


@pytest.mark.parametrize(
    "name",
    ["main", "feature/new-racks", "v1.0.2", "release_2026", "a" * 64, "für-alle", "0" * 40, "1", "x@y"],
)
def test_honest_names_pass_unchanged(name: str) -> None:
    assert check_ref_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "-x",
        "--all",
        "--upload-pack=touch x",
        "+x",
        "a..b",
        "a.lock",
        "a.lock/b",
        ".a",
        "a/.b",
        "a.",
        "@",
        "HEAD",
        "FETCH_HEAD",
        "*",
        "a*",
        "a b",
        "a\tb",
        "a\nb",
        "a\0b",
        "a~1",
        "a^",
        "a:b",
        "a?",
        "a[b",
        "a\\b",
        "a@{1}",
        "a//b",
        "/a",
        "a/",
        "a" * 65,
        "é" * 150,
        "\udcff",
        "a\u202eb",
        "a\u200bb",
        "a\x7f",
        "a\x85",
    ],
)
def test_f59_names_that_mean_something_else_are_refused(name: str) -> None:
    with pytest.raises(InvalidRefName, match="cannot be the name"):
        check_ref_name(name)


def test_the_message_is_one_printable_line() -> None:
    with pytest.raises(InvalidRefName) as caught:
        check_ref_name("a\x1b[31m\n" * 100)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 600


@settings(deadline=None)  # a busy machine is no failure
@given(
    st.text(alphabet=st.characters(codec="utf-8"), max_size=70)
    | st.from_regex(r"[a-z@{}./~^*-]{1,12}", fullmatch=True)
)
def test_f59_git_accepts_what_we_accept(name: str) -> None:
    try:
        check_ref_name(name)
    except InvalidRefName:
        return
    checked = subprocess.run(
        ["git", "check-ref-format", f"refs/heads/{name}"], env=CLEAN, capture_output=True, check=False
    )
    assert checked.returncode == 0
    assert not name.startswith("-")


def test_only_full_lower_case_ids_are_commit_ids() -> None:
    assert is_commit_id("0123456789abcdef0123456789abcdef01234567")
    for text in ("0123456", "A" * 40, "0" * 39, "0" * 41, "0" * 40 + "\n", "0" * 64):
        assert not is_commit_id(text)
