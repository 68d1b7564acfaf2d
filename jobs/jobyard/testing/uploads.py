"""Content of file variables in tests."""

from __future__ import annotations

import io
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from jobyard.inputs import FileInput

#: Bytes, text (as UTF-8), or a name with bytes.
Content = bytes | str | tuple[str, bytes]


@dataclass(frozen=True, kw_only=True)
class Upload:
    """One file, as a form would have sent it."""

    details: FileInput
    file: BinaryIO


def open_files(files: Mapping[str, Content]) -> dict[str, Upload]:
    return {name: _open(name, content) for name, content in files.items()}


def _open(variable: str, content: Content) -> Upload:
    name, data = content if isinstance(content, tuple) else (f"{variable}.txt", content)
    raw = data.encode() if isinstance(data, str) else data
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"  # as browsers do
    details = FileInput(name=name, size=len(raw), content_type=content_type)
    return Upload(details=details, file=io.BytesIO(raw))
