"""
``/api/users/tokens/``: everybody's own, and those of others with a permission.

The key is in the answer that made the token and nowhere else. A token that can do less than its owner makes
no others, or it would get around its own limits.
"""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import status
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response

from jobyard_server.access.models import Token, User
from jobyard_server.access.own_tokens import change_token, make_token, visible_tokens
from jobyard_server.api.accounts.describe import describe_token
from jobyard_server.api.accounts.fields import TokenFields
from jobyard_server.api.accounts.filters import TokenFilters
from jobyard_server.api.accounts.rows import AccountDetail, AccountList, AccountView, Resource
from jobyard_server.api.accounts.shapes import TokenShape

LIMITED = (
    "A token with an end or with allowed networks makes and changes no tokens, itself included; "
    "log in to the pages for that."
)


TOKENS = Resource(
    rows=Token.objects.select_related("user").order_by("-created", "pk"),
    describe=describe_token,
    shown=TokenShape,
    fields=TokenFields,
    store=change_token,
)


class TokenView(AccountView):
    """Own tokens need no permission, so each method asks for the rows that the caller may have."""

    decides_itself = True
    resource, queryset = TOKENS, TOKENS.rows

    def get_queryset(self) -> QuerySet[Token]:
        found = visible_tokens(self.user, self.action_of(self.request))
        return found.select_related("user").order_by("-created", "pk")

    def check_permissions(self, request: Request) -> None:
        super().check_permissions(request)
        is_limited = isinstance(request.auth, Token) and request.auth.is_limited
        if is_limited and request.method in ("POST", "PUT", "PATCH"):
            raise PermissionDenied(LIMITED)

    def check_stored(self, row: Token) -> None:
        """Neither its owner nor anything that a permission asks about can be changed."""


class TokenList(TokenView, AccountList):
    filterset_class = TokenFilters
    ordering_fields = ("created", "expires", "last_used")

    def post(self, request: Request) -> Response:
        """Create a token; the answer is the only one that has its key."""
        fields = TokenFields(data=request.data, context={"user": self.user})
        fields.is_valid(raise_exception=True)
        values = dict(fields.validated_data)
        owner: User = values.pop("user", self.user)
        made = make_token(owner, values, by=self.user)
        shown: TokenShape = {**describe_token(made.token, self.links), "key": made.key}
        return Response(shown, status=status.HTTP_201_CREATED)


class TokenDetail(TokenView, AccountDetail):
    pass
