"""What the inspection of one module may cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from django.conf import settings

MB = 1_000_000


@dataclass(frozen=True, kw_only=True)
class InspectionLimits:
    """Beyond a limit the child is killed, and the module gets an error that names the limit."""

    seconds: float  #: From its beginning to its report.
    memory_bytes: int  #: Address space that the child may add.
    report_bytes: int = 5 * MB  #: Its description as JSON.
    output_bytes: int = 5 * MB  #: What it prints; all of it is thrown away.
    stray_frames: int = 1000  #: Frames without the nonce; a few are ignored.

    @classmethod
    def from_settings(cls) -> Self:
        return cls(
            seconds=settings.JOBYARD["INSPECTION_TIMEOUT"],
            memory_bytes=settings.JOBYARD["INSPECTION_MEMORY"],
        )
