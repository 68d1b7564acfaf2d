"""Three headers of a server's answers, picked out of the trace that git writes."""

from __future__ import annotations

import re

_HEADER = re.compile(
    rb"<= Recv header: (location|retry-after|content-type): *([^\r\n]{1,2000})", re.IGNORECASE
)
_SMART = b"application/x-git-upload-pack-advertisement"
_LONGEST_LINE = 4096
_LONGEST_WAIT_SECONDS = 24 * 3600


class ResponseHeaders:
    """Keeps what it was made for and forgets the rest of the trace at once."""

    def __init__(self) -> None:
        self.location = ""  #: Of the last redirect.
        self.serves_pages = False  #: There were answers, none of them in git's own protocol.
        self.retry_after_seconds: int | None = None
        self._is_smart = False
        self._rest = b""

    def __call__(self, chunk: bytes) -> None:
        *lines, rest = (self._rest + chunk).split(b"\n")
        self._rest = rest[-_LONGEST_LINE:]
        for line in lines:
            match = _HEADER.search(line)
            if match is not None:
                self._keep(match[1].lower(), match[2].strip())

    def _keep(self, name: bytes, value: bytes) -> None:
        if name == b"location":
            self.location = value.decode(errors="replace")
        elif name == b"content-type":
            self._is_smart = self._is_smart or value == _SMART
            self.serves_pages = not self._is_smart
        elif value.isdigit():
            self.retry_after_seconds = min(int(value[:9]), _LONGEST_WAIT_SECONDS)
