"""
Django's settings in a zygote and its children: the data models and nothing of the service.

No secret is in here: the database login arrives in each child after its fork. What a child may know of
the installation comes as JSON in ``JOBYARD_CHILD``, from ``isolation.environment``.
"""

from __future__ import annotations

import json
import os
import secrets
from pathlib import Path
from typing import Any

_known: dict[str, Any] = json.loads(os.environ.get("JOBYARD_CHILD", "{}"))

SECRET_KEY = secrets.token_urlsafe(50)
DEBUG = False
USE_TZ = True
TIME_ZONE = _known.get("time_zone", "UTC")
LANGUAGE_CODE = "en"
USE_I18N = False
DATABASES: dict[str, dict[str, Any]] = {
    "default": {"ENGINE": "django.db.backends.postgresql", "NAME": "jobyard", "OPTIONS": {}}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "users.User"
AUTHENTICATION_BACKENDS = ["jobyard_server.access.backends.ObjectPermissionBackend"]
LOGGING_CONFIG = None
ROOT_URLCONF = "jobyard_server.isolation.child_urls"

# What job files read from ``django.conf.settings``.
JOBS_ROOT = _known.get("jobs_root", "")
GIT_ROOT = Path(_known.get("git_root", ""))
CELERY_TASK_DEFAULT_QUEUE = "default"
PLUGINS: list[str] = _known.get("plugins", [])
PLUGINS_CONFIG: dict[str, Any] = _known.get("plugins_config", {})
BANNER_TOP = BANNER_BOTTOM = ""
MEDIA_ROOT = ""  # the working folder of a run, the only place that it may write to
IMAGE_MAX_BYTES = _known.get("image_max_bytes", 5 * 1024 * 1024)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "jobyard_server.access",
    "jobyard_server.inventory.extras",
    "jobyard_server.inventory.tenancy",
    "jobyard_server.inventory.dcim",
    "jobyard_server.inventory.ipam",
    "jobyard_server.inventory.circuits",
    "jobyard_server.inventory.virtualization",
    *PLUGINS,
]
