"""What a zygote is started with: an allow list, and a few facts of the installation."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from jobyard_repos import fail_points

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")
_TESTED = (fail_points.VARIABLE,)  #: Removed before author code runs.


def command(descriptor: int) -> list[str]:
    """An interpreter that takes nothing from its environment or from the working folder."""
    return [*interpreter("jobyard_server.isolation.zygote_main"), str(descriptor)]


def interpreter(module: str) -> list[str]:
    return [sys.executable, "-I", "-B", "-X", "utf8", "-m", module]


def environment(options: Mapping[str, Any]) -> dict[str, str]:
    """The environment of a zygote; of the *options* only what author code may know."""
    passed = {name: os.environ[name] for name in (*_PASSED_ON, *_TESTED) if name in os.environ}
    return {
        "PATH": os.defpath,
        **passed,
        "DJANGO_SETTINGS_MODULE": "jobyard_server.isolation.child_settings",
        "JOBYARD_CHILD": json.dumps(_facts(options)),
    }


def _facts(options: Mapping[str, Any]) -> dict[str, object]:
    return {
        "time_zone": options["TIME_ZONE"],
        "jobs_root": str(options["JOBS_ROOT"]),
        "git_root": str(options["DATA_DIR"] / "mirrors"),
        "plugins": list(options["PLUGINS"]),
        "plugins_config": options["PLUGINS_CONFIG"],
        "image_max_bytes": options["IMAGE_MAX_BYTES"],
    }
