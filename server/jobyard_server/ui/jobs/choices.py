"""The entries of one selection of a run form, for the search in a list that is too long for the page."""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobyard.spec import JobSpec, VariableSpec
from jobyard_server.ui.jobs.head import visible_job_or_404
from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.selections import OBJECTS, Asked, offered
from jobyard_server.ui.run_form.values import submitted_values

LONGEST = 200  #: Characters of a search.


@require_safe
@never_cache
def list_choices(request: PageRequest, class_path: str, name: str) -> HttpResponse:
    """``{results: [{value, display}], hint}`` for ``?q=`` and the values of the fields that it follows."""
    spec = visible_job_or_404(request.user, class_path).spec
    variable = _variable_or_404(spec, name)
    words = request.GET.get("q", "").strip()[:LONGEST]
    asked = Asked(user=request.user, values=submitted_values(spec, request.GET), words=words)
    found = offered(variable, [], asked)
    rows = [
        {"value": option.value, "display": option.label} for group in found.groups for option in group.options
    ]
    return JsonResponse({"results": rows, "hint": found.hint})


def _variable_or_404(spec: JobSpec, name: str) -> VariableSpec:
    for variable in spec.variables:
        if variable.name == name and variable.kind in OBJECTS:
            return variable
    raise Http404
