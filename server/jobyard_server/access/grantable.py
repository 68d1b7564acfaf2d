"""Which types of objects a permission can be about: what people see, not what Django keeps for itself."""

from __future__ import annotations

from typing import Final

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db.models import QuerySet

_INTERNAL: Final = ("contenttypes", "sessions")  #: Apps whose rows nobody is ever given.


def grantable_types() -> QuerySet[ContentType]:
    """
    In the order of their names.

    Django's own permissions are none of them: they give nothing here, so nobody shall manage them.
    """
    permission = ContentType.objects.get_for_model(Permission)
    found = ContentType.objects.exclude(app_label__in=_INTERNAL).exclude(pk=permission.pk)
    gone = [kind.pk for kind in found if kind.model_class() is None]
    return found.exclude(pk__in=gone).order_by("app_label", "model")
