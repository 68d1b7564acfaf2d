"""A page that is one form: accounts, tokens, keys, repositories. It decides nothing about what is valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import render

from jobyard_server.ui.requests import PageRequest
from jobyard_server.ui.run_form.fields import FieldGroup, FormField

Errors = Mapping[str, Sequence[str]]


@dataclass(frozen=True, kw_only=True)
class FormPage:
    """What stands on the page besides the fields."""

    title: str
    back: str  #: Address of where one came from, and where *Cancel* leads.
    crumbs: list[tuple[str, str]]  #: Label and address of what is above it.
    submit: str  #: On the button; empty for who may only look.
    lead: str = ""
    done: str = "saved"  #: What did not happen while a field is wrong.
    delete_address: str = ""  #: Empty for who may not delete it.
    groups: list[FieldGroup] = field(default_factory=list)


def show_form(request: PageRequest, page: FormPage, errors: Errors) -> HttpResponse:
    """
    The page with its groups of fields; the first field that is wrong, or else the first one, takes the focus.

    *errors* are by field; those of no field on the page stand above the form.
    """
    fields = [item for group in page.groups for item in group.fields]
    wrong = [item for item in fields if item.errors]
    focus = next(iter([*wrong, *fields]), None)
    known = {item.name for item in fields}
    context = {
        "page": page,
        "groups": [_opened(group, focus) for group in page.groups],
        "is_choosing": any("data-choose" in item.attributes for item in fields),
        "wrong_fields": wrong,
        "error_count": len(wrong),
        "other_errors": [text for name, texts in errors.items() if name not in known for text in texts],
    }
    status = HTTPStatus.BAD_REQUEST if errors else HTTPStatus.OK
    return render(request, "ui/form_page.html", context, status=status)


def _opened(group: FieldGroup, focus: FormField | None) -> FieldGroup:
    """A group that can be folded is, unless something in it is wrong."""
    fields = [replace(item, takes_focus=item is focus) for item in group.fields]
    return replace(group, fields=fields, is_folded=group.can_fold and not any(item.errors for item in fields))
