"""Why a module could not be loaded, in words: what is missing, in which file and line."""

from __future__ import annotations

import re
from pathlib import Path

from jobyard import compat
from jobyard._imports import is_library
from jobyard.log_rows import text_of
from jobyard.missing_packages import distribution_of, is_plugin
from jobyard.namespaces import namespaces
from jobyard.plain_data import storable
from jobyard.spec import LoadError
from jobyard.tracebacks import format_exception, frames_in, path_below

_MAX_MESSAGE = 2_000
_MAX_TRACEBACK = 20_000
_MAX_LINE = 300
_NO_NAME = re.compile(r"cannot import name '(?P<name>[^']*)' from '(?P<module>[^']*)'")
_NO_ATTRIBUTE = re.compile(r"module '(?P<module>[^']*)' has no attribute '(?P<name>[^']*)'")

_LIBRARY_PATH = re.compile(r" \((?:/[^()\n]*|unknown location)\)$", re.MULTILINE)


def load_error(exc: BaseException, root: Path, path: str = "") -> LoadError:
    """
    Describe what kept a module from being loaded.

    Args:
        exc: Whatever came out of it; SystemExit and the like included.
        root: Root of the source; only frames of files below it are shown, relative to it.
        path: The module's own file, for errors that say nothing of a place.
    """
    place, line = _place_of(exc, root)
    text = _shown(_sentence(exc) or text_of(exc), root)
    message = f"{type(exc).__name__}: {text}" if text else type(exc).__name__
    traceback = _short_lines(_shown(format_exception(exc, only_source=True, root=root), root))
    return LoadError(
        message=message[:_MAX_MESSAGE],
        path=place or path,
        line=line,
        traceback=traceback[-_MAX_TRACEBACK:],
    )


def _short_lines(traceback: str) -> str:
    lines = traceback.splitlines()
    return "\n".join(line if len(line) <= _MAX_LINE else f"{line[:_MAX_LINE].rstrip()}…" for line in lines)


def _place_of(exc: BaseException, root: Path) -> tuple[str, int | None]:
    """File and line where it happened: of a syntax error the broken file, else the innermost frame."""
    if isinstance(exc, SyntaxError) and exc.filename:
        broken = path_below(exc.filename, root)
        if broken is not None:
            return broken, exc.lineno
    frames = frames_in(exc, root)
    return frames[-1] if frames else ("", None)


def _sentence(exc: BaseException) -> str:
    """What is missing, if something is; empty where Python's own text is best."""
    if isinstance(exc, SyntaxError):
        return str(exc.msg)
    if isinstance(exc, ModuleNotFoundError):
        return _missing_module(exc.name or "")
    pattern = _NO_ATTRIBUTE if isinstance(exc, AttributeError) else _NO_NAME
    found = pattern.match(text_of(exc)) if isinstance(exc, ImportError | AttributeError) else None
    return "" if found is None else _missing_name(found["module"], found["name"])


def _missing_module(name: str) -> str:
    top = name.partition(".")[0]
    if not top:
        return ""
    own = _name_in_source(name)
    if own is not None:
        return f"this source has no module {own}"
    if compat.is_ecosystem(top):
        return f"jobyard has no module {name}"
    if is_plugin(top):
        return f"needs the plugin {top}, which is not installed here"
    distribution = distribution_of(top)
    if top != name and is_library(top):
        return f"the package {distribution} is installed here, but has no module {name}; other versions may"
    hint = f" (distribution {distribution})" if distribution != top else ""
    return f"needs the package {top}{hint}, which is not installed here"


def _missing_name(module: str, name: str) -> str:
    own = _name_in_source(module)
    if own is not None:
        return f"{own or 'this source'} has no name {name}"
    known = compat.name_of_target(module)
    if known is None and (compat.is_package(module) or compat.is_provided(module)):
        known = module
    if known is None:
        return ""
    if compat.is_package(f"{known}.models") or not known.endswith(".models"):
        return f"jobyard has no {known}.{name}"
    return f"jobyard has no model {known.removesuffix('.models').removeprefix('nautobot.')}.{name}"


def _name_in_source(name: str) -> str | None:
    """What authors call a module of theirs; None when *name* is no module of a source."""
    package, _, rest = name.partition(".")
    known = any(namespace.package == package for namespace in namespaces())
    return rest if known else None


def _shown(text: str, root: Path) -> str:
    """*text* without private names of packages and places on this machine."""
    for namespace in namespaces():
        text = text.replace(f"{namespace.package}.", "").replace(namespace.package, namespace.source)
    text = text.replace(f"{root}/", "").replace(str(root), "the source")
    return storable(_LIBRARY_PATH.sub("", text))
