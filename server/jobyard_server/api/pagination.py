"""Pages of a list: ``?limit=&offset=``, answered as ``{count, next, previous, results}``."""

from __future__ import annotations

from rest_framework.pagination import LimitOffsetPagination
from rest_framework.request import Request

DEFAULT_LIMIT = 50
MAX_LIMIT = 1000


class Pages(LimitOffsetPagination):
    """At most MAX_LIMIT rows at once; ``limit=0`` asks for as many as there can be."""

    default_limit = DEFAULT_LIMIT
    max_limit = MAX_LIMIT

    def get_limit(self, request: Request) -> int | None:
        if request.query_params.get(self.limit_query_param) == "0":
            return MAX_LIMIT
        return super().get_limit(request)
