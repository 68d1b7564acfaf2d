"""Pages of lists that may have millions of rows: no page costs more than the first one."""

from __future__ import annotations

import json
from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.utils.urls import remove_query_param, replace_query_param

from jobyard_server.api.pagination import Pages

COUNTED = 100_000  #: More rows than that are estimated, as the planner of the database does.


class NewestFirst(Pages):
    """
    ``next`` asks for what is older than the last row (``id__lt``), instead of for an offset.

    An offset is still understood. ``count`` is exact up to COUNTED rows.
    """

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        del view
        self._address = request.build_absolute_uri()
        self.request = request
        self.limit = self.get_limit(request) or self.default_limit
        self.offset = self.get_offset(request)
        self.count = count_of(queryset)
        found = list(queryset.order_by("-id")[self.offset : self.offset + self.limit + 1])
        self._has_more, self._shown = len(found) > self.limit, found[: self.limit]
        return self._shown

    def get_next_link(self) -> str | None:
        if not self._has_more:
            return None
        address = remove_query_param(self._address, self.offset_query_param)
        address = replace_query_param(address, self.limit_query_param, self.limit)
        return str(replace_query_param(address, "id__lt", self._shown[-1].pk))

    def get_previous_link(self) -> str | None:
        return super().get_previous_link() if self.offset else None


def count_of(rows: QuerySet[Any]) -> int:
    """How many *rows* there are, estimated where counting would take long."""
    counted = rows.order_by()[: COUNTED + 1].count()
    if counted <= COUNTED:
        return counted
    plan = json.loads(rows.order_by().values("pk").explain(format="json"))
    return max(int(plan[0]["Plan"]["Plan Rows"]), counted)
