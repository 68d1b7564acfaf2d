"""``netbox.settings``: what job files read of it."""

from __future__ import annotations

#: The release whose names and fields the data models and ``extras.scripts`` follow most closely; job
#: files compare it to leave out what older releases cannot do.
VERSION = "3.4.10"
RELEASE = VERSION
