"""Copies the skeleton of a repository of jobs to where its author wants it."""

from __future__ import annotations

from pathlib import Path
from string import Template

from jobyard_server.cli.errors import WrongUsageError

SKELETON = Path(__file__).parent / "skeleton"
PLACES = {
    "gitignore": ".gitignore",
    "ci/jobs.yml": ".github/workflows/jobs.yml",
}  # hidden, so not packed as such


def write_skeleton(folder: Path) -> list[str]:
    """
    Names of the files that were made below *folder*.

    Raises:
        WrongUsageError: One of them exists already, or the folder cannot be written; nothing was changed.
    """
    files = _files()
    taken = [name for name in files if (folder / name).exists()]
    if taken:
        raise WrongUsageError(f"{folder} has {', '.join(taken)} already; nothing was written.")
    try:
        for name, text in files.items():
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            with place.open("x", encoding="utf-8") as file:
                file.write(Template(text).safe_substitute(name=folder.resolve().name))
    except OSError as exc:
        raise WrongUsageError(f"{exc.filename or folder} cannot be written ({exc.strerror}).") from exc
    return list(files)


def _files() -> dict[str, str]:
    """Text by path in the new folder."""
    found = sorted(path for path in SKELETON.rglob("*") if path.is_file() and path.suffix != ".pyc")
    names = [path.relative_to(SKELETON).as_posix() for path in found]
    return {
        PLACES.get(name, name): path.read_text(encoding="utf-8")
        for name, path in zip(names, found, strict=True)
    }
