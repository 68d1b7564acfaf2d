"""Tracebacks as authors read them: their own files, by their path inside the source."""

from __future__ import annotations

import sys
import sysconfig
import traceback
from pathlib import Path

from jobyard.log_rows import text_of
from jobyard.namespaces import namespaces

_OURS = f"{Path(__file__).parent}/"
_LIBRARIES = tuple({sysconfig.get_paths()[name] for name in ("purelib", "platlib", "stdlib")})


class _Stack(traceback.StackSummary):
    def format_frame_summary(self, frame_summary: traceback.FrameSummary) -> str:
        place = f"  {shown_path(frame_summary.filename)}:{frame_summary.lineno}, in {frame_summary.name}\n"
        return place + (f"    {frame_summary.line}\n" if frame_summary.line else "")


def format_exception(exc: BaseException, *, only_source: bool = False, root: Path | None = None) -> str:
    """
    The traceback of *exc* without jobyard's own frames.

    Args:
        exc: What was raised.
        only_source: Leave out frames of libraries too.
        root: Show paths below it relative to it; else as ``<source>/<path inside the source>``.
    """
    try:
        report = traceback.TracebackException.from_exception(exc, limit=-50)
        _rewrite(report, only_source=only_source, root=root)
        return "".join(report.format()).rstrip()
    except Exception:  # noqa: BLE001  # exceptions of authors may break whoever prints them
        return describe(exc)


def describe(exc: BaseException) -> str:
    """``{Type}: {text}``."""
    text = text_of(exc)
    return f"{type(exc).__name__}: {text}"


def frames_in(exc: BaseException, root: Path) -> list[tuple[str, int]]:
    """Path (relative to *root*) and line of each frame inside *root*, outermost first."""
    found, position = [], exc.__traceback__
    while position is not None:
        path = path_below(position.tb_frame.f_code.co_filename, root)
        if path is not None:
            found.append((path, position.tb_lineno))
        position = position.tb_next
    return found


def shown_path(filename: str) -> str:
    """``<source>/<path>`` for files of a source, a path below the library folder for others."""
    for namespace in namespaces():
        path = path_below(filename, namespace.root)
        if path is not None:
            return f"{namespace.source}/{path}"
    if not Path(filename).is_absolute():
        return filename  # already as it is to be shown, or ``<string>``
    below = [path_below(filename, Path(folder)) for folder in (*_LIBRARIES, *sys.path) if folder]
    return min(filter(None, below), key=len, default=Path(filename).name)  # of nested folders the innermost


def _rewrite(report: traceback.TracebackException, *, only_source: bool, root: Path | None) -> None:
    kept = [frame for frame in report.stack if _is_kept(frame.filename, only_source, root)]
    if root is not None:
        kept = [_with_path(frame, path_below(frame.filename, root) or frame.filename) for frame in kept]
    report.stack = _Stack(kept)
    filename = getattr(report, "filename", None)  # of a SyntaxError
    if filename:
        report.filename = (path_below(filename, root) if root else None) or shown_path(filename)
    for linked in (report.__cause__, report.__context__):
        if linked is not None:
            _rewrite(linked, only_source=only_source, root=root)
    for member in getattr(report, "exceptions", None) or ():
        _rewrite(member, only_source=only_source, root=root)


def _is_kept(filename: str, only_source: bool, root: Path | None) -> bool:  # noqa: FBT001  # private
    if only_source and root is not None:
        return path_below(filename, root) is not None
    return not filename.startswith((_OURS, "<frozen importlib"))


def _with_path(frame: traceback.FrameSummary, path: str) -> traceback.FrameSummary:
    return traceback.FrameSummary(path, frame.lineno, frame.name, line=frame.line)


def path_below(filename: str, root: Path | None) -> str | None:
    """*filename* relative to *root*; None when it lies elsewhere."""
    if root is None or not filename.startswith(f"{root}/"):
        return None
    return filename[len(str(root)) + 1 :]
