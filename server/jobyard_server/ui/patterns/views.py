"""Every component in every state, by the templates of the real pages. It shows no row that exists."""

from __future__ import annotations

from itertools import count

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from jobyard_server.ui.patterns.forms import forms
from jobyard_server.ui.patterns.lists import lists
from jobyard_server.ui.patterns.parts import parts
from jobyard_server.ui.patterns.pattern import Pattern
from jobyard_server.ui.patterns.queues import queues
from jobyard_server.ui.patterns.receivers import receivers
from jobyard_server.ui.patterns.result_page import result_page
from jobyard_server.ui.patterns.runs import runs
from jobyard_server.ui.patterns.words import words
from jobyard_server.ui.requests import PageRequest


def all_patterns() -> list[Pattern]:
    return [*words(), *forms(), *lists(), *runs(), *result_page(), *queues(), *receivers(), *parts()]


@require_safe
def show_patterns(request: PageRequest) -> HttpResponse:
    """For whoever makes pages, and for tests that look at components."""
    numbers = count(1)
    shown = [
        (pattern, [(state.label, state.render(request, next(numbers))) for state in pattern.states])
        for pattern in all_patterns()
    ]
    return render(request, "ui/patterns/show_patterns.html", {"patterns": shown})
