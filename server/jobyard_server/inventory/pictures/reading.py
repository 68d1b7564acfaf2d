"""What a file is, by its content; its name and what a client says about it count for nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.defaultfilters import filesizeformat

#: Format as Pillow calls it: ending of the name, type of the content. No SVG: that may hold scripts.
FORMATS: Final = {
    "PNG": ("png", "image/png"),
    "JPEG": ("jpg", "image/jpeg"),
    "GIF": ("gif", "image/gif"),
    "WEBP": ("webp", "image/webp"),
}
TYPES: Final = dict(FORMATS.values())  #: Ending to type.
MOST_PIXELS: Final = 100_000_000  #: What a browser can still unpack.
NO_PICTURE: Final = "This is no PNG, JPEG, GIF or WebP picture, or it is damaged."


@dataclass(frozen=True, kw_only=True)
class Picture:
    """What is known of a picture without unpacking it."""

    ending: str
    width: int  #: Pixels.
    height: int  #: Pixels.


def read_picture(file: Any) -> Picture:
    """
    Look at the head of *file*, which stays open and at its beginning.

    Raises:
        ValidationError: It is too large, or no picture of the accepted formats.
    """
    if file.size > settings.IMAGE_MAX_BYTES:
        most = filesizeformat(settings.IMAGE_MAX_BYTES)
        raise ValidationError(f"The picture has {filesizeformat(file.size)}; at most {most} are accepted.")
    kind, width, height = _head_of(file)
    if width * height > MOST_PIXELS:
        raise ValidationError(f"The picture has {width} by {height} pixels; that is too much to show.")
    return Picture(ending=FORMATS[kind][0], width=width, height=height)


def _head_of(file: Any) -> tuple[str, int, int]:
    from PIL import Image, UnidentifiedImageError  # noqa: PLC0415  # only where a picture comes in

    file.seek(0)
    try:
        with Image.open(file, formats=list(FORMATS)) as image:
            return str(image.format), image.width, image.height
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise ValidationError(NO_PICTURE) from None
    finally:
        file.seek(0)
