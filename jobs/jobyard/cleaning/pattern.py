"""
Authors' regular expressions, searched without giving them the web process.

A pattern can take for ever on a text made for it. Harmless ones (few repeats, short text) are searched
here; all others in a child process that is ended after a second.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from re import _constants as codes  # type: ignore[attr-defined]  # private, but the only parser of patterns
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_SECONDS = 1.0
_STEPS_IN_PROCESS = 1_000_000
_NEVER = 99  #: Exponent of patterns that may backtrack exponentially.
_REPEATS = {codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT}
_CHILD = """
import json, re, sys
pattern, text = json.load(sys.stdin)
sys.exit(0 if re.search(pattern, text) else 3)
"""


def matches(pattern: str, text: str) -> bool:
    """Tell whether *pattern* is found in *text*; False also for a wrong pattern or an endless search."""
    exponent = _exponent(pattern)
    if exponent is None:
        return False
    if (len(text) + 1) ** exponent <= _STEPS_IN_PROCESS:
        return re.search(pattern, text) is not None
    return _matches_in_child(pattern, text)


@lru_cache(maxsize=512)
def _exponent(pattern: str) -> int | None:
    """About how the time grows with the text: as its power of this; None when it is no pattern."""
    try:
        re.compile(pattern)
        tree = parser.parse(pattern)
    except (re.error, RecursionError, OverflowError, ValueError):
        return None
    return min(1 + _cost(tree, inside_repeat=False), _NEVER)


def _cost(node: Any, *, inside_repeat: bool) -> int:
    if isinstance(node, parser.SubPattern | list):
        return sum(_cost(item, inside_repeat=inside_repeat) for item in node)
    if not isinstance(node, tuple):
        return 0
    operation = _operation(node)
    if operation in _REPEATS:
        return _repeat_cost(node[1], inside_repeat=inside_repeat)
    if operation in (codes.GROUPREF, codes.GROUPREF_EXISTS):
        return _NEVER
    inner = sum(_cost(item, inside_repeat=inside_repeat) for item in node)
    if operation is codes.BRANCH:  # each way may be tried after the other, in a repeat again and again
        return _NEVER if inside_repeat else 1 + inner
    return inner


def _operation(node: tuple[Any, ...]) -> Any:
    """What *node* does; nothing where it is the arguments of another one, which begin with any number."""
    return node[0] if node and isinstance(node[0], type(codes.BRANCH)) else None


def _repeat_cost(repeat: Any, *, inside_repeat: bool) -> int:
    low, high, body = repeat
    if low == high and high == 1:
        return _cost(body, inside_repeat=inside_repeat)
    if inside_repeat:
        return _NEVER
    return 1 + _cost(body, inside_repeat=high > 1)


def _matches_in_child(pattern: str, text: str) -> bool:
    import json  # noqa: PLC0415  # rare path
    import subprocess  # noqa: PLC0415

    command = [sys.executable, "-I", "-S", "-B", "-c", _CHILD]
    try:
        done = subprocess.run(
            command,
            input=json.dumps([pattern, text]).encode(),
            timeout=_SECONDS,
            check=False,
            capture_output=True,
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0
