from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard_server.registry.job_paths import InvalidJobPath, read_job_paths


@pytest.mark.parametrize(
    ("entered", "stored"),
    [
        (["jobs"], ["jobs"]),
        ("scripts, reports/", ["scripts", "reports"]),
        ("scripts\n./deep/er", ["scripts", "deep/er"]),
        (["."], ["."]),
        (["./"], ["."]),
        (["jobs", "jobs/"], ["jobs"]),
    ],
)
def test_folders_have_one_form(entered, stored):
    assert read_job_paths(entered) == stored


@pytest.mark.parametrize(
    "entered",
    [
        [],
        "",
        None,
        7,
        {"a": 1},
        [7],
        ["/etc"],
        ["a/../b"],
        ["..\\x"],
        [".git"],
        ["a//b"],
        ["a b"],
        ["x" * 300],
        [f"p{number}" for number in range(21)],
    ],
)
def test_what_cannot_hold_job_files_is_refused_with_a_sentence(entered):
    with pytest.raises(InvalidJobPath, match=r"\.$"):
        read_job_paths(entered)


@given(st.lists(st.text(max_size=30), max_size=5))
def test_whatever_is_accepted_stays_inside_and_reads_the_same_again(entered):
    try:
        paths = read_job_paths(entered)
    except InvalidJobPath:
        return
    assert read_job_paths(paths) == paths
    assert not any(part in {"", ".."} or part.startswith(".g") for path in paths for part in path.split("/"))
