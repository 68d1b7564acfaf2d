"""How Django asks about accounts: passwords as usual, rights by object permissions."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.backends import ModelBackend
from django.db.models import Model

from jobyard_server.access.grants import grants_of
from jobyard_server.access.permissions import may


class ObjectPermissionBackend(ModelBackend):
    """``user.has_perm("extras.run_job", job)``; without a row: whether there is any grant of this kind."""

    def has_perm(self, user_obj: Any, perm: str, obj: Model | None = None) -> bool:
        if not user_obj.is_active or user_obj.is_anonymous:
            return False
        app_label, _, codename = perm.partition(".")
        action, _, model_name = codename.rpartition("_")
        try:
            model = apps.get_model(app_label, model_name)
        except (LookupError, ValueError):
            return False
        if obj is not None and not isinstance(obj, model):
            return False
        return may(user_obj, action, model if obj is None else obj)

    def get_all_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        if not user_obj.is_active or user_obj.is_anonymous or obj is not None:
            return set()
        named = [(*label.split("."), action) for label, action in grants_of(user_obj)]
        return {f"{app_label}.{action}_{model}" for app_label, model, action in named}

    def get_user_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:
        return self.get_all_permissions(user_obj, obj)

    def get_group_permissions(self, user_obj: Any, obj: Model | None = None) -> set[str]:  # noqa: ARG002  # Django's signature
        return set()  # told together with a user's own

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return any(name.startswith(f"{app_label}.") for name in self.get_all_permissions(user_obj))
