"""``nautobot.extras.registry``: importable; what is declared with it is not called."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class DatasourceContent(NamedTuple):
    """A kind of content that a repository provides."""

    name: str
    content_identifier: str
    icon: str
    callback: Callable[..., Any]
    weight: int = 1000
