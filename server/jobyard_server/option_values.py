"""The options in force as people may read them: where each value comes from; secrets are masked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from jobyard_repos.redaction import HIDDEN, redact
from jobyard_server.options import OPTIONS, Option, OptionError
from jobyard_server.runs.spellings import texts_in

MASK: Final = HIDDEN
SHORTEST: Final = 8  #: Characters of a secret that is looked for in logs; shorter ones are words.
#: Variables of upstream that decide where the jobs are, in their order.
_JOBS_ROOTS: Final = ("NAUTOBOT_JOBS_ROOT", "JOBYARD_ROOT", "NAUTOBOT_ROOT")


def secret_texts(environ: Mapping[str, str] | None = None) -> set[str]:
    """
    What no log of a part may show: secret options, and the passwords inside of addresses.

    Options that cannot be read are left out; whoever starts a part is told about them elsewhere.
    """
    found: set[str] = set()
    for option in OPTIONS:
        if option.secret:
            with suppress(OptionError):
                value = option.read(os.environ if environ is None else environ)
                found |= {part for text in texts_in(value) for part in (text, _password_in(text))}
    return {text for text in found if len(text) >= SHORTEST}


def _password_in(address: str) -> str:
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:
        return ""


def is_set(option: Option) -> bool:
    """Whether somebody gave a value, by variable or by file."""
    return bool(origin_of(option))


def origin_of(option: Option, environ: Mapping[str, str] | None = None) -> str:
    """The variable that gave the value of *option*; empty when it has its default."""
    environ = os.environ if environ is None else environ
    file = f"{option.variable}_FILE"
    if option.secret and environ.get(file):
        return file
    if option.variable in environ:
        return option.variable
    if option.name == "JOBS_ROOT":
        return next((name for name in _JOBS_ROOTS if environ.get(name)), "")
    return ""


def shown_value(option: Option, value: Any) -> str:
    """*value* as text; never a secret, also not one inside of an address."""
    if value is None:
        return "(not set)"
    if option.secret:
        return MASK
    if isinstance(value, list):
        return ",".join(map(str, value)) or "(none)"
    return str(value).lower() if isinstance(value, bool) else redact(str(value).encode())
