"""Whatever somebody sends, the answer is a queued form that JSON can carry, or messages by field."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from jobyard.cleaning.kinds import CLEANERS
from jobyard.errors import InputErrors
from jobyard.inputs import FileInput, clean_inputs
from jobyard.model_objects import TrustingResolver
from jobyard.spec import JobSpec, VariableSpec

WORDS = st.sampled_from(
    [
        "",
        "null",
        "true",
        "1",
        "-1.5",
        "1e5",
        "10.0.0.1",
        "10.0.0.1/24",
        "::1/64",
        "2026-01-31",
        "a\x00b",
        "\ud800",
    ]
)
TEXT = st.one_of(WORDS, st.text(alphabet=st.characters(codec=None), max_size=30))
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True, allow_infinity=True), TEXT
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4))
)
LENGTH = st.one_of(st.none(), st.integers(0, 20))
BOUND = st.one_of(st.none(), st.integers(-5, 5))


@st.composite
def variables(draw: Any) -> VariableSpec:
    kind = draw(st.sampled_from(sorted(CLEANERS)))
    return VariableSpec(
        name="v",
        type=kind,
        kind=kind,
        label="V",
        required=draw(st.booleans()),
        secret=draw(st.booleans()),
        has_default=draw(st.booleans()),
        default=draw(VALUES),
        min_length=draw(LENGTH),
        max_length=draw(LENGTH),
        regex=draw(st.sampled_from([None, "^a", "[", "[0-9]{2}"])),
        min_value=draw(BOUND),
        max_value=draw(BOUND),
        max_digits=draw(LENGTH),
        decimal_places=draw(LENGTH),
        choices=draw(st.sampled_from([None, [["a", "A"]], [["G", [["1", "One"]]]]])),
        null_option=draw(st.sampled_from([None, "none"])),
        min_prefix_length=draw(LENGTH),
        max_prefix_length=draw(LENGTH),
    )


@settings(max_examples=300, deadline=None)
@given(
    variable=variables(),
    data=st.one_of(VALUES, st.fixed_dictionaries({"v": VALUES})),
    from_form=st.booleans(),
    upload=st.one_of(st.none(), st.builds(FileInput, TEXT, st.integers(0, 10), TEXT)),
)
def test_arbitrary_values_are_cleaned_or_refused(variable, data, from_form, upload):
    spec = JobSpec(module="m", class_name="C", name="C", grouping="m", variables=[variable])
    try:
        queued = clean_inputs(
            spec,
            data,
            objects=TrustingResolver(),
            files={"v": upload} if upload else {},
            from_form=from_form,
            file_max_bytes=5,
        )
    except InputErrors as refused:
        answer: Any = refused.errors
        assert answer
    else:
        answer = queued
        assert set(queued) <= {"v"}
        assert clean_again(spec, queued, upload) == queued
    written = json.dumps(answer, ensure_ascii=False, allow_nan=False).encode()
    assert b"\x00" not in written
    assert b"\\u0000" not in written


def clean_again(spec: JobSpec, queued: dict[str, Any], upload: FileInput | None) -> dict[str, Any]:
    """Cleaning a queued form changes nothing: the run process cleans it once more."""
    files = {"v": upload} if upload and spec.variables[0].kind == "FileVar" else {}
    return clean_inputs(spec, queued, objects=TrustingResolver(), files=files)
