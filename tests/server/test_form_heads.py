from __future__ import annotations

from io import BytesIO

from hypothesis import given
from hypothesis import strategies as st

from jobyard_server.form_heads import LONGEST, TextHeads

BOUNDARY = b"BoUnDaRy"
BEGIN = b"--" + BOUNDARY + b"\r\n"
HEAD = b'Content-Disposition: form-data; name="upload"; filename="caf\xe9.txt"'

#: Pieces out of which forms are made, good ones and broken ones.
PIECES = st.sampled_from([BEGIN, HEAD, b"\r\n", b"\r\n\r\n", b"--", BOUNDARY, b"\xe9", b"x" * LONGEST])


def text_of(head: bytes) -> bytes:
    return head.decode("ascii", "replace").replace("\ufffd", "?").encode()


def read(content: bytes, size: int) -> bytes:
    stream = TextHeads(BytesIO(content), BOUNDARY, text_of)
    return b"".join(iter(lambda: stream.read(size), b""))


@given(size=st.integers(min_value=1, max_value=300))
def test_heads_become_text_wherever_they_are_cut_and_contents_stay(size):
    content = BEGIN + HEAD + b"\r\n\r\n\xe9 is kept\r\n" + BEGIN + HEAD + b"\r\n\r\n" + HEAD + b"\r\n"
    head = HEAD.replace(b"\xe9", b"?")

    assert read(content, size) == content.replace(BEGIN + HEAD, BEGIN + head)


@given(pieces=st.lists(PIECES, max_size=30), size=st.integers(min_value=1, max_value=5000))
def test_whatever_comes_keeps_its_length_and_all_that_is_text(pieces, size):
    content = b"".join(pieces)
    told = read(content, size)

    assert len(told) == len(content)
    assert all(new in (old, ord("?")) for old, new in zip(content, told, strict=True))
