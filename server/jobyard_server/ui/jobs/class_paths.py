"""The part of an address that names a job, so that no word after it is taken for a part of the name."""

from __future__ import annotations


class ClassPathConverter:
    """``local/example/Job``, or an alias of four parts: ``git/netops/example/Job``."""

    regex = r"(?:git/[^/]+|(?!git/)[^/]+)/[^/]+/[^/]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
