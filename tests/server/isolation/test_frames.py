from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobyard_server.isolation.frames import MAX_FRAME_BYTES, FrameReader, ProtocolError, encode

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet=st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet="abc"), inner),
    max_leaves=10,
)


@given(st.lists(st.dictionaries(st.text(alphabet="abc"), JSON_VALUES), max_size=5), st.integers(1, 40))
def test_frames_arrive_whole_in_whatever_pieces_they_come(frames, size):
    stream = b"".join(encode(frame) for frame in frames)
    reader = FrameReader()

    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]

    assert [frame for piece in pieces for frame in reader.feed(piece)] == frames


@given(st.binary(max_size=200))
def test_garbage_is_refused_or_waits_for_more_but_never_raises_anything_else(garbage):
    reader = FrameReader()

    try:
        frames = reader.feed(garbage)
    except ProtocolError:
        return

    assert all(isinstance(frame, dict) for frame in frames)


def test_a_length_beyond_the_limit_is_refused_before_the_body_comes():
    with pytest.raises(ProtocolError, match="announces 4294967295 bytes"):
        FrameReader().feed(struct.pack("!I", 2**32 - 1))


def test_a_frame_that_is_too_long_is_not_sent():
    with pytest.raises(ProtocolError):
        encode({"output": "x" * (MAX_FRAME_BYTES + 1)})


def test_nesting_that_exhausts_the_parser_is_refused():
    body = b"[" * 200_000
    with pytest.raises(ProtocolError, match="no JSON"):
        FrameReader().feed(struct.pack("!I", len(body)) + body)


def test_a_lone_surrogate_does_not_break_the_frame():
    (frame,) = FrameReader().feed(encode({"message": "\ud800"}))

    assert json.dumps(frame) == '{"message": "?"}'
