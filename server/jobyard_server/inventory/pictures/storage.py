"""
Where pictures lie: in the database.

So they come and go with the transaction that their rows do: a dry run leaves none behind, a copy of the
database has them all, each machine sees the same, and job code needs no folder of the service.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.apps import apps
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now
from django.utils.deconstruct import deconstructible

UNUSED_FOR = timedelta(hours=1)  #: A picture is there before its row; transactions end sooner than that.


@deconstructible
class PictureStorage(Storage):
    """Django's interface to the table of pictures; a name is given once and its content never changes."""

    def _save(self, name: str, content: Any) -> str:
        content.seek(0)
        data = content.read()
        _rows().create(name=name, content=data, size=len(data))
        return name

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        if mode != "rb":
            raise ValueError("Pictures are only read; save another one to replace it.")
        found = _rows().filter(name=name).values_list("content", flat=True).first()
        if found is None:
            raise FileNotFoundError(name)
        return ContentFile(bytes(found), name=name)

    def exists(self, name: str) -> bool:
        return bool(_rows().filter(name=name).exists())

    def size(self, name: str) -> int:
        found = _rows().filter(name=name).values_list("size", flat=True).first()
        if found is None:
            raise FileNotFoundError(name)
        return int(found)

    def delete(self, name: str) -> None:
        _rows().filter(name=name).delete()

    def url(self, name: str | None) -> str:
        """Where who may view its row sees it; the second part of the name is the key of the row."""
        key = (name or "").split("/")[1]
        return f"/extras/image-attachments/{key}/image/"


def delete_unused_pictures() -> int:
    """Those whose row is gone or shows another one; how many."""
    used = apps.get_model("extras", "ImageAttachment")._default_manager.filter(image=OuterRef("name"))
    unused = _rows().filter(~Exists(used), created__lt=Now() - UNUSED_FOR)
    return int(unused.delete()[0])


def _rows() -> Any:
    return apps.get_model("extras", "StoredPicture")._default_manager
