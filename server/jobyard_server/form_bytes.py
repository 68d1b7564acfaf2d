"""
Forms in which bytes that are no text stay visible as what they are.

Django writes a replacement character for what it cannot decode, and leaves out of the name of a file what
cannot be printed: a damaged value would look like one that somebody meant. Here such bytes become null
characters, which no input of a job, no field of a form and no column of the database takes.
"""

from __future__ import annotations

import codecs
from typing import IO, TYPE_CHECKING, Any, Final

from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, QueryDict
from django.http.multipartparser import MultiPartParser

from jobyard_server.form_heads import TextHeads

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

URL_ENCODED: Final = "application/x-www-form-urlencoded"
ENCODING: Final = "utf-8-or-null"
NULL: Final = "\x00"


def sent_fields(request: HttpRequest) -> QueryDict:
    """The fields of a form of either kind."""
    if request.content_type != URL_ENCODED:
        return request.POST  # read by UploadedForm
    return QueryDict(request.body, encoding=ENCODING)


class UploadedForm(FileUploadHandler):
    """Reads a multipart form in UTF-8, whatever its header says; the other handlers keep the files."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803  # Django's signature
        content_length: int,  # noqa: ARG002  # the same
        boundary: Any,  # bytes, whatever the annotation of Django says
        encoding: str | None = None,  # noqa: ARG002
    ) -> Any:
        request: Any = self.request
        others = [handler for handler in request.upload_handlers if handler is not self]
        heads: Any = TextHeads(input_data, boundary, _with_nulls)
        return _Parser(META, heads, others, ENCODING).parse()


class _Parser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str | None:
        name: str | None = super().sanitize_file_name(file_name)
        return f"{NULL}{name or ''}" if NULL in file_name else name


def _with_nulls(head: bytes) -> bytes:
    return head.decode("utf-8", ENCODING).encode()


def _nulls(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)  # noqa: S101  # only used for decoding
    return NULL * (error.end - error.start), error.end


def _decode(data: Buffer, _errors: str = "strict", /) -> tuple[str, int]:
    sent = bytes(data)
    return sent.decode("utf-8", ENCODING), len(sent)


def _search(name: str) -> codecs.CodecInfo | None:
    if name.replace("_", "-") != ENCODING:
        return None
    return codecs.CodecInfo(codecs.utf_8_encode, _decode, name=ENCODING)


codecs.register_error(ENCODING, _nulls)
codecs.register(_search)
