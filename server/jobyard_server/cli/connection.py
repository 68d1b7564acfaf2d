"""Django for one command."""

from __future__ import annotations

import os


def connect() -> None:
    """
    Set Django up; imports of models come after this call.

    Raises:
        OptionError: A setting has a value that cannot be used.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jobyard_server.settings")
    os.umask(0o077)
    import django

    django.setup()
