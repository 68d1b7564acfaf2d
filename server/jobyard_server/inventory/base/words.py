"""Names of kinds of rows in sentences."""

from __future__ import annotations


def with_article(text: str) -> str:
    """``an interface``, ``a device``; words in capitals are spelled as they are said."""
    is_said = text[:1] in "aeioAEIO" or text.startswith(("L2VPN", "RIR"))
    return f"an {text}" if is_said else f"a {text}"
