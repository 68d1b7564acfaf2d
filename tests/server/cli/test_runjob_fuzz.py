"""`jobyard runjob` with anything: it runs, or says in a sentence why not; never a traceback (§15.4)."""

from __future__ import annotations

import json
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.server.cli.cast import FakeEngine, call, make_job, sign_of_life

from jobyard.spec import VariableSpec
from jobyard_server.runs.models import JobResult

KINDS = (
    *("StringVar", "TextVar", "IntegerVar", "BooleanVar", "ChoiceVar", "MultiChoiceVar", "ObjectVar"),
    *("MultiObjectVar", "FileVar", "IPAddressVar", "IPAddressWithMaskVar", "IPNetworkVar", "JSONVar"),
    *("DecimalVar", "DateVar", "DateTimeVar"),
)
#: As a shell hands them over: bytes that are no UTF-8 arrive as lone surrogates.
ARGUMENTS = (
    st.binary(max_size=30)
    .filter(lambda raw: b"\x00" not in raw)
    .map(lambda raw: raw.decode("utf-8", "surrogateescape"))
)
TEXTS = st.text(st.characters(codec=None, exclude_categories=()), max_size=20)  # NUL and surrogates too
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.floats()
    | TEXTS
    | st.sampled_from(
        ["10.0.0.1", "10.0.0.0/8", "2030-01-01", "a", "null", "\x00", "00000000-0000-4000-8000-000000000000"]
    )
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([kind.lower() for kind in KINDS]) | TEXTS
FEW = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def probe(transactional_db, monkeypatch):
    """A job with a variable of each kind, none of them required, and a worker that is never woken."""
    monkeypatch.setattr("jobyard_server.runs.wake_up.engine", FakeEngine)
    sign_of_life("worker", queues=["default"])
    options = {"ChoiceVar": {"choices": [["a", "A"]]}, "MultiChoiceVar": {"choices": [["a", "A"]]}}
    options |= {kind: {"model": "dcim.site"} for kind in ("ObjectVar", "MultiObjectVar")}
    make_job(
        variables=[
            VariableSpec(
                name=kind.lower(), type=kind, kind=kind, label=kind, required=False, **options.get(kind, {})
            )
            for kind in KINDS
        ]
    )


def ran(*arguments, stdin=None):
    """The exit status, after a look that people were told something they can use."""
    JobResult.objects.all().delete()
    answer = call("runjob", "--no-wait", *arguments, stdin=stdin)
    said = f"{answer.exit_code} {answer.stdout!r} {answer.stderr!r}"
    assert answer.exception is None or isinstance(answer.exception, SystemExit), answer.exc_info
    assert "Traceback" not in answer.output, said
    assert answer.exit_code in (0, 2), said
    assert JobResult.objects.exists() is (answer.exit_code == 0), said
    assert answer.exit_code == 0 or answer.stderr.strip(), said
    return answer.exit_code


PROBE = "local/example/Probe"


@FEW
@given(data=st.dictionaries(NAMES, VALUES, max_size=4) | VALUES)
def test_any_json_runs_or_is_refused_in_words(probe, data):
    ran(PROBE, "--data", json.dumps(data))


@FEW
@given(text=ARGUMENTS | TEXTS.filter(lambda text: "\x00" not in text))
def test_any_text_as_data_is_refused_in_words(probe, text):
    if text[:2] != "@-":
        ran(PROBE, "--data", text)


@FEW
@given(content=st.binary(max_size=60) | VALUES.map(lambda value: json.dumps(value).encode()))
def test_any_file_as_data_is_read_or_refused_in_words(probe, tmp_path, content):
    path = tmp_path / "data.json"
    path.write_bytes(content)

    ran(PROBE, "--data", f"@{path}")
    ran(PROBE, "--data", "@-", stdin=content)


@FEW
@given(path=ARGUMENTS, user=ARGUMENTS)
def test_any_class_path_and_user_is_refused_in_words(probe, path, user):
    if not path.startswith("-"):
        assert ran(f"local/{path}/{path}") == 2
    if user:
        assert ran(PROBE, f"--username={user}") == 2


@FEW
@given(argument=ARGUMENTS)
def test_any_file_argument_is_refused_in_words(probe, argument):
    assert ran(PROBE, f"--file=filevar={argument}/no such file") == 2


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        '{"jsonvar": ' + "[" * 900 + "]" * 900 + "}",
        '{"a":' * 5000,
        "1" * 10_000,
        '{"integervar": ' + "9" * 5000 + "}",
    ],
    ids=["open brackets", "900 deep", "deep objects", "a long number", "a long integer"],
)
def test_deep_and_long_json_is_no_crash(probe, tmp_path, text):
    path = tmp_path / "data.json"
    path.write_text(text)

    ran(PROBE, "--data", f"@{path}")


@pytest.mark.parametrize("place", ["folder", "unreadable", "device", "loop"])
def test_places_that_are_no_files_are_named(probe, tmp_path, place):
    (tmp_path / "folder").mkdir()
    (tmp_path / "unreadable").write_text("{}")
    (tmp_path / "unreadable").chmod(0)
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "device").symlink_to("/proc/self/mem")

    answer = call("runjob", PROBE, "--no-wait", "--data", f"@{tmp_path / place}")
    sent = call("runjob", PROBE, "--no-wait", "--file", f"filevar={tmp_path / place}")

    for said in (answer, sent):
        assert said.exception is None or isinstance(said.exception, SystemExit), said.exc_info
        assert "Traceback" not in said.output
        assert said.exit_code == 2 or (place == "unreadable" and said.exit_code == 0)  # root reads everything


def test_the_platform_hands_bytes_over_as_this_test_assumes():
    assert sys.getfilesystemencodeerrors() == "surrogateescape"
