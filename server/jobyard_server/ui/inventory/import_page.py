"""The page on which rows are imported, and the head of a table to begin with."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from jobyard_server.ui.inventory.addresses import list_url
from jobyard_server.ui.inventory.editable import told_in_tables
from jobyard_server.ui.inventory.export import CONTENT_TYPE, template_line
from jobyard_server.ui.inventory.importing import MOST_ROWS, ImportRefusedError, import_rows, summary_of
from jobyard_server.ui.inventory.naming import names_of
from jobyard_server.ui.inventory.sheet import Problem
from jobyard_server.ui.inventory.sheet_help import ColumnHelp, help_of
from jobyard_server.ui.permitted import require
from jobyard_server.ui.requests import PageRequest

LONGEST_SHOWN = 200_000  #: Characters of a refused table that are shown again.


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def import_table(request: PageRequest, model: type[Model]) -> HttpResponse:
    """Take a table that was pasted, or a file."""
    require(request.user, "add", model)
    if request.method != "POST":
        return _show(request, model, "", [], 0)
    try:
        text = _text(request)
        done = import_rows(model, text, request.user)
    except UnicodeDecodeError:
        return _show(request, model, "", [Problem(row=1, column="", message=NOT_TEXT)], 1)
    except ImportRefusedError as exc:
        return _show(request, model, text, exc.problems, exc.total)
    messages.success(request, summary_of(done, model))
    return redirect(list_url(model))


NOT_TEXT = "The file is no text in UTF-8; save it as “CSV UTF-8”."


@require_safe
def show_template(request: PageRequest, model: type[Model]) -> HttpResponse:
    """An empty table with all columns."""
    require(request.user, "add", model)
    answer = HttpResponse(template_line(model), content_type=CONTENT_TYPE)
    answer["Content-Disposition"] = f'attachment; filename="{model._meta.model_name}-template.csv"'
    return answer


def _text(request: PageRequest) -> str:
    sent = request.FILES.get("file")
    if isinstance(sent, UploadedFile):
        return bytes(sent.read()).decode("utf-8-sig")
    return request.POST.get("table", "")


def _show(
    request: PageRequest, model: type[Model], text: str, problems: list[Problem], total: int
) -> HttpResponse:
    columns: list[ColumnHelp] = help_of(told_in_tables(model))
    context = {
        **names_of(model),
        "text": text if len(text) <= LONGEST_SHOWN else "",
        "problems": problems,
        "total": total,
        "unlisted": total - len(problems),
        "columns": columns,
        "most_rows": MOST_ROWS,
        "back": list_url(model),
    }
    return render(request, "ui/inventory/import_rows.html", context, status=400 if total else 200)
