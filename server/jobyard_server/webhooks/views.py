"""``/webhooks/<address>/``: the only address of jobyard that strangers may post to."""

from __future__ import annotations

import logging
import time

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from jobyard_server.webhooks.calls import Call
from jobyard_server.webhooks.providers import Malformed
from jobyard_server.webhooks.quiet_log import LogBudget
from jobyard_server.webhooks.receive import Refused, genuine_hook, take

REFUSED = "There is no such webhook, or the signature is not right."
TOO_LARGE = "The request is too large."
ENCODED = "Send the body without a content encoding."
MALFORMED = "The body is not what this kind of webhook sends."

logger = logging.getLogger(__name__)
_budget = LogBudget()


@csrf_exempt  # no cookie is looked at: the signature is the credential
@login_not_required
@require_POST
def receive(request: HttpRequest, address: str) -> HttpResponseBase:
    """Check, store, answer 202; a sync follows."""
    # 1. Size and encoding, before anything is computed over the body.
    limit: int = settings.JOBYARD["WEBHOOK_MAX_BYTES"]
    if _announced(request) > limit or len(request.body) > limit:
        return _answer(413, {"detail": TOO_LARGE})
    if request.headers.get("Content-Encoding", "identity") != "identity":
        return _answer(415, {"detail": ENCODED})
    # 2. The signature over exactly these bytes. 3. Only then the body is read.
    call = Call(headers=request.headers, body=request.body, received_at=time.time())
    try:
        receipt = take(genuine_hook(address, call), call)
    except Refused:
        _log_refusal(request)
        return _answer(403, {"detail": REFUSED})
    except Malformed:
        return _answer(400, {"detail": MALFORMED})
    return _answer(202, {"id": str(receipt.id), "status": receipt.status, "note": receipt.note})


def _announced(request: HttpRequest) -> int:
    text = request.META.get("CONTENT_LENGTH") or "0"
    return int(text) if text.isdecimal() and len(text) < 20 else 0  # noqa: PLR2004  # longer than any length


def _answer(status: int, body: dict[str, str]) -> JsonResponse:
    answer = JsonResponse(body, status=status)
    add_never_cache_headers(answer)
    return answer


def _log_refusal(request: HttpRequest) -> None:
    address = request.META.get("REMOTE_ADDR", "")
    if _budget.allows(address):
        logger.warning("webhook refused", extra={"action": "webhook", "address": address})
