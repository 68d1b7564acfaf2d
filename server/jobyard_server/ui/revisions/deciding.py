"""Carry out what somebody decided by a button about what is in service, and say how it went."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from jobyard_server.registry.errors import Undecidable
from jobyard_server.ui.requests import PageRequest


def carry_out(
    request: PageRequest, decision: Callable[[], object], sentence: str, *, page: tuple[str, str]
) -> HttpResponse:
    """
    Args:
        request: Told the outcome.
        decision: May raise ``Undecidable``, whose sentence is shown.
        sentence: Shown when it was done.
        page: Name of the page to go to, and its argument.
    """
    try:
        decision()
    except Undecidable as exc:
        messages.error(request, str(exc))
    else:
        messages.success(request, sentence)
    return redirect(*page)
