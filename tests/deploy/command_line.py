"""Whether a command line that a file shows is one that `jobyard` understands."""

from __future__ import annotations

import shlex


def problem_with(line: str, commands: dict[str, set[str]]) -> str:
    """What is wrong with ``jobyard …`` in *line*; empty when nothing is."""
    words = shlex.split(line, comments=True)
    words = words[next(n for n, word in enumerate(words) if word.rpartition("/")[2] == "jobyard") + 1 :]
    words = words[: next((n for n, word in enumerate(words) if word in {"|", "&&", ";", ">"}), len(words))]
    path = ""
    while words and f"{path} {words[0]}".strip() in commands:
        path = f"{path} {words.pop(0)}".strip()
    if not path and words and not words[0].startswith("-"):
        return f"there is no command {words[0]!r}"
    known = commands[path] | {"--help", "-h"}
    unknown = [word.partition("=")[0] for word in words if word.startswith("-")]
    unknown = [word for word in unknown if word not in known and word != "-" and path != "manage"]
    return f"{path or 'jobyard'} knows no {', '.join(unknown)}" if unknown else ""
