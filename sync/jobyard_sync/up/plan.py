"""What `jobyard up` was asked to do, and the environment that says so to the settings."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jobyard_server.options import read_options


@dataclass(frozen=True, kw_only=True)
class Plan:
    """The arguments of `jobyard up`."""

    host: str = "127.0.0.1"
    port: int = 8080  #: 0 picks a free one.
    data_dir: Path | None = None
    jobs_root: Path | None = None
    workers: int = 1  #: Worker processes.
    demo: bool = False

    def apply(self) -> dict[str, Any]:
        """
        Put the arguments into the environment, where they win over what is there; return all options.

        Raises:
            OptionError: An option has a value that cannot be used.
        """
        if self.data_dir:
            os.environ["JOBYARD_DATA_DIR"] = str(self.data_dir.expanduser().absolute())
        if self.jobs_root:
            os.environ["JOBYARD_JOBS_ROOT"] = str(self.jobs_root.expanduser().absolute())
        if self.demo:
            os.environ["JOBYARD_ALLOW_FILE_REMOTES"] = "true"
        if self.host not in ("127.0.0.1", "localhost", "::1"):
            self._allow_host()
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobyard_server.settings")
        return read_options()

    def _allow_host(self) -> None:
        """An address somebody told us to listen on is one that users may call us by."""
        if self.host not in ("0.0.0.0", "::"):  # noqa: S104  # only compared
            known = os.environ.get("JOBYARD_ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
            os.environ["JOBYARD_ALLOWED_HOSTS"] = f"{known},{self.host}"
