"""
Filters of lists of inventory rows, made from the fields of the model.

``?name=a&name=b`` (one of these), ``?name__ic=core`` (contains, in any case), ``?site=ams01``,
``?site_id=<id>``, ``?site=null``, ``?vid__gte=100``, ``?tag=x``, ``?cf_owner=netops``, ``?q=text``.
"""

from __future__ import annotations

import re
import uuid
from functools import cache
from typing import Any

from django.core.exceptions import FieldDoesNotExist, FieldError
from django.core.exceptions import ValidationError as ModelError
from django.db import models
from django.db.models import Q, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend
from rest_framework.request import Request
from rest_framework.views import APIView

from jobyard_server.api.filters import NOT_FILTERS
from jobyard_server.api.inventory.custom_field_filters import custom_field_condition
from jobyard_server.api.inventory.fields import (
    columns_of,
    is_kind,
    lists_of,
    natural_fields,
    owner_of,
    type_of,
)
from jobyard_server.api.inventory.filter_paths import HAS, NETWORKS, paths_of
from jobyard_server.api.inventory.ordering import ordered
from jobyard_server.inventory.base import TreeModel
from jobyard_server.inventory.base.trees import keys_below

SEARCHED = (
    *("name", "slug", "description", "facility", "serial", "asset_tag", "model", "part_number", "cid"),
    *("label", "dns_name", "address", "prefix", "rd", "vid", "asn", "comments", "note", "value"),
)  #: Where ``?q=`` looks, of a model that has such columns.
#: Suffix to lookup, and whether rows that match are left out.
TEXT = {
    "n": ("exact", True),
    "ic": ("icontains", False),
    "nic": ("icontains", True),
    "isw": ("istartswith", False),
    "nisw": ("istartswith", True),
    "iew": ("iendswith", False),
    "niew": ("iendswith", True),
    "ie": ("iexact", False),
    "nie": ("iexact", True),
}
NUMBER = {
    "n": ("exact", True),
    "gt": ("gt", False),
    "gte": ("gte", False),
    "lt": ("lt", False),
    "lte": ("lte", False),
}
UNKNOWN = "Unknown filter field"
SLUG = re.compile("[-a-z0-9_]+")
MOST_WORDS = 8  #: Of a search; more would only cost time.
NULL = "null"
ORDERING = "ordering"  #: Beside the filters: the order of the list.
_TEXTS = (models.CharField, models.TextField)
_NUMBERS = (models.IntegerField, models.DecimalField, models.DateField)


class RowFilters(BaseFilterBackend):
    """Refuses what is no filter: a misspelled one must not mean "everything"."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: APIView) -> QuerySet[Any]:
        del view
        asked = {name: request.query_params.getlist(name) for name in request.query_params}
        return ordered(filtered(queryset, asked), asked.get(ORDERING, ()))

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        names = ["q", "id", *(field.name for field in columns_of(view.model) if not field.many_to_many)]
        schema = {"type": "array", "items": {"type": "string"}}
        order = {"name": ORDERING, "in": "query", "required": False, "schema": {"type": "string"}}
        return [order] + [
            {"name": name, "in": "query", "required": False, "schema": schema}
            for name in dict.fromkeys(names)
            if has_filter(view.model, name)
        ]


def filtered(rows: QuerySet[Any], asked: dict[str, list[str]]) -> QuerySet[Any]:
    """
    The part of *rows* for which all of *asked* hold.

    Raises:
        ValidationError: A name is no filter, or a value cannot be one of its field.
    """
    errors: dict[str, list[str]] = {}
    for name, values in asked.items():
        if name in NOT_FILTERS or name == ORDERING:
            continue
        try:
            rows = _narrowed(rows, name, values)
        except KeyError:
            errors[name] = [UNKNOWN]
        except (ModelError, FieldError, ValueError, TypeError, OverflowError) as exc:
            errors[name] = exc.messages if isinstance(exc, ModelError) else ["Enter a valid value."]
    if errors:
        raise ValidationError(errors)
    return rows


def _narrowed(rows: QuerySet[Any], name: str, values: list[str]) -> QuerySet[Any]:
    model = rows.model
    if any("\x00" in value for value in values):
        raise ValueError("A null character is in no text.")
    condition, leaves_out, joins = _condition(model, name, values)
    rows = rows.exclude(condition) if leaves_out else rows.filter(condition)
    return rows.distinct() if joins else rows


def _condition(model: Any, name: str, values: list[str]) -> tuple[Q, bool, bool]:
    """The condition, whether it leaves rows out, and whether it may find one row several times."""
    label = model._meta.label_lower
    if name == "q":
        return _search(model, values), False, False
    if name in ("tag", "tags"):
        return _by_tags(model, values), False, True
    if name.startswith("cf_"):
        return custom_field_condition(model, name, values), False, False
    if columns := HAS.get(label, {}).get(name):
        return _has_any(columns, values), False, len(columns) == 1
    if path := NETWORKS.get(label, {}).get(name):
        return _any(path, values), False, False
    return _by_field(model, name, values)


def _by_field(model: Any, name: str, values: list[str]) -> tuple[Q, bool, bool]:
    base, _, suffix = name.rpartition("__")
    if suffix not in {*TEXT, *NUMBER} or not base:
        base, suffix = name, ""
    path, field, by_key = _resolve(model, base)
    joins = _may_repeat(model, path)
    lookup, leaves_out = _lookup(field, suffix)
    if field.is_relation:
        return _by_relation(path, field, values, by_key=by_key), leaves_out, joins
    if lookup != "exact":
        return _any(f"{path}__{lookup}", values), leaves_out, joins
    return _one_of(path, field, values), leaves_out, joins


def _may_repeat(model: Any, path: str) -> bool:
    """Whether a row can be found several times, because *path* leads to several others."""
    for part in path.split("__"):
        if part == "pk":
            return False
        field = model._meta.get_field(part)
        if field.one_to_many or field.many_to_many:
            return True
        model = field.related_model
    return False


def _resolve(model: Any, name: str) -> tuple[str, Any, bool]:
    """The path that *name* filters by, the field at its end, and whether values are keys (``site_id``)."""
    if name == "id":
        return "pk", model._meta.pk, False
    table = paths_of(model)
    stem = name.removesuffix("_id")
    for candidate in dict.fromkeys((name, stem)):
        path = table.get(candidate, candidate)
        field = _field_at(model, path) if candidate in table or "__" not in candidate else None
        if field is not None and (candidate in table or _is_shown(model, field)):
            return (
                path.removesuffix("_id") if _is_key_of(field, path) else path,
                field,
                _wants_key(field, name),
            )
    raise KeyError(name)


def _is_key_of(field: Any, path: str) -> bool:
    return bool(field.is_relation) and path.endswith("_id") and field.name != path


def _wants_key(field: Any, name: str) -> bool:
    return bool(field.is_relation) and name.endswith("_id") and field.name != name


def _field_at(model: Any, path: str) -> Any:
    field = None
    for part in path.split("__"):
        try:
            field = model._meta.get_field(part)
        except FieldDoesNotExist:
            return None
        model = field.related_model
    return field


def _is_shown(model: Any, field: Any) -> bool:
    return field in columns_of(model) or field in lists_of(model)


def has_filter(model: Any, name: str) -> bool:
    """Whether ``?name=`` narrows lists of *model*."""
    try:
        _condition(model, name, [])
    except (KeyError, ValueError, TypeError):
        return False
    return True


def _lookup(field: Any, suffix: str) -> tuple[str, bool]:
    if not suffix:
        return "exact", False
    field = type_of(field)
    if field.is_relation or isinstance(field, models.UUIDField):
        return {"n": ("exact", True)}[suffix]
    if isinstance(field, _TEXTS) and not field.choices:
        return TEXT[suffix]
    return (NUMBER if isinstance(field, _NUMBERS) else {"n": ("exact", True)})[suffix]


def _any(lookup: str, values: list[str]) -> Q:
    found = Q()
    for value in values:
        found |= Q(**{lookup: value})
    return found


def _one_of(path: str, field: Any, values: list[str]) -> Q:
    if isinstance(field, models.JSONField):
        raise KeyError(path)
    if isinstance(field, models.BooleanField):
        return Q(**{f"{path}__in": [_truth(value) for value in values]})
    cleaned = [value if isinstance(field, _TEXTS) else _value(field, value) for value in values]
    return Q(**{f"{path}__in": cleaned})


def _value(field: Any, text: str) -> Any:
    value = type_of(field).to_python(text)
    if value is None:
        raise ValueError("An empty value is in no such field.")
    return value


def _by_relation(path: str, field: Any, values: list[str], *, by_key: bool) -> Q:
    condition = Q(**{f"{path}__isnull": True}) if NULL in values else Q()
    given = [value for value in values if value != NULL]
    if not given:
        return condition
    if is_kind(field):
        return condition | _by_kind(path, given)
    model = field.related_model
    keys = [uuid.UUID(value) for value in given if by_key or _is_key(value)]
    names = [value for value in given if not by_key and not _is_key(value)]
    if issubclass(model, TreeModel) and field.name != "parent":  # who is in Europe is in the world
        return condition | Q(**{f"{path}__in": _with_all_below(model, keys, names)})
    found = Q(**{f"{path}__in": keys}) if keys else Q()
    return condition | found | (_named(model, names, f"{path}__") if names else Q())


def _with_all_below(model: Any, keys: list[uuid.UUID], names: list[str]) -> list[Any]:
    found = model._default_manager.filter(_named(model, names)).values_list("pk", flat=True)
    return keys_below(model, [*keys, *(found if names else ())])


def _named(model: Any, names: list[str], start: str = "") -> Q:
    """Rows by slug; a text that cannot be one (``Active``, ``Room 1``) is a name, as in files of 2.x."""
    natural = _natural(model)
    found = Q(**{f"{start}{natural}__in": names})
    others = [name for name in names if not SLUG.fullmatch(name)]
    if natural == "slug" and others and "name" in natural_fields(model):
        found |= Q(**{f"{start}name__in": others})
    return found


def _natural(model: Any) -> str:
    names = natural_fields(model)
    return "slug" if "slug" in names else names[0] if names else model._meta.pk.name


def _by_kind(path: str, values: list[str]) -> Q:
    found = Q()
    for value in values:
        app, _, name = value.partition(".")
        found |= Q(**{f"{path}__app_label": app, f"{path}__model": name})
    return found


def _is_key(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


def _search(model: Any, values: list[str]) -> Q:
    """Rows in which each word is somewhere; for parts also in the name of what they are parts of."""
    found = Q()
    for word in " ".join(values).split()[:MOST_WORDS]:
        somewhere = Q()
        for place in _searched(model):
            somewhere |= Q(**{f"{place}__icontains": word})
        found &= somewhere
    return found


@cache
def _searched(model: Any) -> list[str]:
    """Rows without a text of their own, such as ties between others, are known by those others."""
    names = {field.name for field in columns_of(model) if not field.is_relation}
    places = [name for name in SEARCHED if name in names]
    if owner := owner_of(model):
        places.append(f"{owner}__{_natural(model._meta.get_field(owner).related_model)}")
    others = [field for field in columns_of(model) if field.is_relation and not is_kind(field)]
    return places or [f"{field.name}__{_natural(field.related_model)}" for field in others]


def _by_tags(model: Any, values: list[str]) -> Q:
    if not any(field.name == "tags" for field in lists_of(model)):
        raise KeyError("tag")
    found = Q()
    for value in values:  # all of them, as upstream: each narrows the list
        matching = model._default_manager.filter(tags__slug=value).values("pk")
        found &= Q(pk__in=matching)
    return found


def _has_any(columns: tuple[str, ...], values: list[str]) -> Q:
    wanted = _truth(values[-1])
    found = Q()
    for column in columns:
        found |= Q(**{f"{column}__isnull": False})
    return found if wanted else ~found


_TRUTHS: dict[str, bool] = {
    **dict.fromkeys(("true", "1", "yes", "on"), True),
    **dict.fromkeys(("false", "0", "no", "off"), False),
}


def _truth(text: str) -> bool:
    try:
        return _TRUTHS[text.lower()]
    except KeyError:
        raise ValueError("Enter true or false.") from None
