"""
Less of an answer: ``?fields=id,name`` for some members, ``?brief=true`` for the identifying ones.

Only members that the full answer has can be named, so nothing is reached this way that is not shown anyway.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

BRIEF: Final = frozenset({"id", "url", "display", "name", "slug", "username", "class_path"})
YES: Final = ("1", "true")


def narrow(request: Request, response: Response, *, knows_brief: bool) -> None:
    """
    Leave in the data of *response* what *request* asks for.

    Args:
        request: With the query.
        response: Its data is replaced.
        knows_brief: The view made a brief answer itself, where it was asked for one.

    Raises:
        ValidationError: A member is named that there is not.
    """
    query = getattr(request, "query_params", None)
    if not query or response.status_code >= 300 or request.method not in ("GET", "HEAD"):  # noqa: PLR2004  # refusals stay whole
        return
    if "fields" in query:
        names = {name.strip() for text in query.getlist("fields") for name in text.split(",")} - {""}
        response.data = _mapped(response.data, names, strict=True)
    elif not knows_brief and query.get("brief", "").lower() in YES:
        response.data = _mapped(response.data, BRIEF, strict=False)


def _mapped(data: Any, names: Collection[str], *, strict: bool) -> Any:
    if isinstance(data, list):
        return [_mapped(each, names, strict=strict) for each in data]
    if not isinstance(data, dict):
        return data
    if isinstance(data.get("results"), list) and "count" in data:
        return {**data, "results": _mapped(data["results"], names, strict=strict)}
    if strict and (unknown := sorted(set(names) - set(data))):
        raise ValidationError({"fields": [f"There is no field “{name[:100]}”." for name in unknown[:10]]})
    return {name: value for name, value in data.items() if name in names}
