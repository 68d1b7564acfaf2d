"""``nautobot.extras.plugins``: importable, so that files which also configure a plugin can be read."""

from __future__ import annotations

from typing import Any


class PluginConfig:
    """What a plugin says about itself; nothing of it takes effect here."""

    name = ""
    verbose_name = ""
    description = ""
    version = ""
    author = ""
    base_url: str | None = None
    required_settings: list[str] = []
    default_settings: dict[str, Any] = {}
    jobs = "jobs.jobs"  #: Module below the package, and the name of the list in it.


NautobotAppConfig = PluginConfig
