"""From the rows of the change log to what the API answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.contenttypes.models import ContentType

from jobyard_server.access.permissions import restrict
from jobyard_server.api.changes.shapes import ObjectChangeShape
from jobyard_server.api.inventory.describe import Describer
from jobyard_server.api.job_results.describe import ResultDescriber
from jobyard_server.api.links import Links
from jobyard_server.changes.models import ACTIONS, ObjectChange

Objects = dict[tuple[int, Any], dict[str, Any]]


def describe_changes(rows: list[ObjectChange], links: Links, user: Any) -> list[ObjectChangeShape]:
    """Needs the users of *rows* to be loaded; objects that *user* may not view are left out."""
    objects = _objects(rows, links, user)
    describer = ResultDescriber(links, None)
    return [_change(row, objects, describer) for row in rows]


def _change(row: ObjectChange, objects: Objects, describer: ResultDescriber) -> ObjectChangeShape:
    return {
        "id": row.pk,
        "url": describer.links.object_change(row.pk),
        "display": str(row),
        "time": row.time,
        "user": describer.user(row.user),
        "user_name": row.user_name,
        "request_id": _text(row.request_id),
        "job_result": _text(row.run_id),
        "action": {"value": row.action, "label": ACTIONS[row.action]},
        "changed_object_type": row.object_type,
        "changed_object_id": str(row.changed_object_id),
        "changed_object": objects.get((row.changed_object_type_id, row.changed_object_id)),
        "object_repr": row.object_name,
        "change_context": row.change_context,
        "prechange_data": row.prechange_data,
        "postchange_data": row.postchange_data,
        "object_data": row.object_data,
    }


def _objects(rows: Iterable[ObjectChange], links: Links, user: Any) -> Objects:
    """The objects that are still there, by type and id; one query for each type on the page."""
    keys: dict[int, set[Any]] = defaultdict(set)
    for row in rows:
        keys[row.changed_object_type_id].add(row.changed_object_id)
    describer = Describer(links)
    found: Objects = {}
    for type_id, ids in keys.items():
        model = ContentType.objects.get_for_id(type_id).model_class()
        if model is not None:
            visible = restrict(model._default_manager.filter(pk__in=ids), user, "view")
            found |= {(type_id, item.pk): describer.brief(item) or {} for item in visible}
    return found


def _text(value: object) -> str | None:
    return None if value is None else str(value)
