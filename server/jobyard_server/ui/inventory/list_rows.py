"""Lists of rows: the page, its filters, and the same rows as CSV."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Model
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.exceptions import ValidationError

from jobyard_server.ui.inventory.chips import chips_of
from jobyard_server.ui.inventory.columns import all_columns
from jobyard_server.ui.inventory.export import CONTENT_TYPE, csv_lines
from jobyard_server.ui.inventory.filter_form import filter_fields
from jobyard_server.ui.inventory.labels import plural
from jobyard_server.ui.inventory.naming import names_of
from jobyard_server.ui.inventory.query import SIZES, ListQuery, RowPage, messages_of
from jobyard_server.ui.inventory.reach import actions_of, rows_for
from jobyard_server.ui.inventory.streaming import streamed
from jobyard_server.ui.inventory.table import table_body
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest

REMEMBERED = "columns of {}"  #: Key in the session.


@dataclass(frozen=True, kw_only=True)
class Heading:
    """The head of a column; its link orders the list by it, or turns that order round."""

    label: str
    link: str = ""
    direction: str = ""  #: As ``aria-sort`` wants it.


@require_safe
@never_cache
def list_rows(request: PageRequest, model: type[Model]) -> HttpResponse:
    """Some rows of *model* in a table."""
    require(request.user, "view", model)
    query = _remember_columns(request, ListQuery.from_query(model, request.GET))
    errors: dict[str, list[str]] = {}
    try:
        page = query.read(request.user)
    except ValidationError as exc:
        errors, page = messages_of(exc), RowPage(rows=[], number=1, size=query.size, total=0, has_more=False)
    actions = actions_of(request.user, model)
    selectable = actions["may_delete"]
    context = {
        **names_of(model),
        **actions,
        "query": query,
        "page": page,
        "errors": errors,
        "headings": _headings(query),
        "body": table_body(model, page.rows, query.columns, selectable=selectable),
        "selectable": selectable,
        "chips": chips_of(query),
        "search": " ".join(query.filters.get("q", [])),
        "links": _links(query, page),
        "hidden": query.parameters_without("q"),
    }
    return render(request, "ui/inventory/list_rows.html", context)


@require_safe
@never_cache
def filter_rows(request: PageRequest, model: type[Model]) -> HttpResponse:
    """The form with which a list is narrowed and its columns are chosen."""
    require(request.user, "view", model)
    query = _remember_columns(request, ListQuery.from_query(model, request.GET))
    shown = {column.name for column in query.columns}
    context = {
        **names_of(model),
        "query": query,
        "fields": filter_fields(model, query.filters, request.user),
        "columns": [(column, column.name in shown) for column in all_columns(model).values()],
        "sizes": SIZES,
    }
    is_part = bool(request.htmx) and not request.htmx.boosted
    return render(request, f"ui/inventory/{'_filter_form' if is_part else 'filter_rows'}.html", context)


@require_safe
@never_cache
def export_rows(request: PageRequest, model: type[Model]) -> HttpResponseBase:
    """All rows that the list would show page by page, in the form that an import takes."""
    rows_for(request.user, "view", model)
    query = ListQuery.from_query(model, request.GET)
    try:
        rows = query.rows(request.user)
    except ValidationError as exc:
        texts = [f"{name}: {text}" for name, found in messages_of(exc).items() for text in found]
        return HttpResponse("\n".join(texts), status=400, content_type="text/plain; charset=utf-8")
    answer = streamed(request, csv_lines(model, rows), content_type=CONTENT_TYPE)
    name = plural(model).lower().replace(" ", "-")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _remember_columns(request: PageRequest, query: ListQuery) -> ListQuery:
    """The columns that somebody chose are theirs until they choose others."""
    key = REMEMBERED.format(query.model._meta.label_lower)
    if query.asked_columns:
        known = [column.name for column in query.columns]
        if request.session.get(key) != known:
            request.session[key] = known
        return query
    if "columns" in request.GET:  # sent, but empty: the usual ones again
        request.session.pop(key, None)
        return query
    return query.showing(request.session.get(key, ()))


def _headings(query: ListQuery) -> list[Heading]:
    return [_heading(query, column.label, column.sort) for column in query.columns]


def _heading(query: ListQuery, label: str, sort: str) -> Heading:
    if not sort:
        return Heading(label=label)
    is_up, is_down = query.ordering == sort, query.ordering == f"-{sort}"
    direction = "ascending" if is_up else "descending" if is_down else ""
    return Heading(label=label, link=query.with_(ordering=f"-{sort}" if is_up else sort), direction=direction)


def _links(query: ListQuery, page: RowPage) -> dict[str, str]:
    return {
        "previous": query.with_(page=page.number - 1 if page.number > 2 else None) if page.number > 1 else "",  # noqa: PLR2004  # page 1 needs no parameter
        "next": query.with_(page=page.number + 1) if page.number < page.last else "",
        "all": query.with_(),
    }
