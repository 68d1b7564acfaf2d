"""
``/health/live``, ``/health/ready`` and ``/metrics``: what a load balancer and a monitoring system ask.

Health needs no login and says one word per component, nothing else. It answers within seconds even when
the database hangs: the look at the database happens in a thread of its own that nobody waits for longer.
"""

from __future__ import annotations

import ipaddress
import logging
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as FutureTimeoutError

from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from jobyard_server.access.origin import client_address
from jobyard_server.access.tokens import find_token, why_refused
from jobyard_server.api.metrics import metrics_text
from jobyard_server.runs.components import KINDS, component_states

OK, MISSING, DOWN, UNKNOWN = "ok", "missing", "down", "unknown"
PATIENCE_SECONDS = 2.5  #: A load balancer that waits three seconds gets its answer.
PROXY_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP")

logger = logging.getLogger(__name__)


class _Look:
    """Looks at the components; callers that come while a look is under way share it."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="health")
        self._lock = threading.Lock()
        self._current: Future[dict[str, str]] | None = None

    def states(self) -> dict[str, str]:
        """State by component; the database is down when it does not answer in time."""
        with self._lock:
            if self._current is None or self._current.done():
                self._current = self._thread.submit(_read_states)
            current = self._current
        try:
            return current.result(timeout=PATIENCE_SECONDS)
        except (Error, FutureTimeoutError) as exc:
            logger.warning("no state of the parts: %s", type(exc).__name__, extra={"action": "health"})
        except Exception:  # a mistake of ours must not look like a healthy installation, nor like a page
            logger.exception("no state of the parts", extra={"action": "health"})
        return {"database": DOWN, **dict.fromkeys(KINDS, UNKNOWN)}


def _read_states() -> dict[str, str]:
    try:
        return {"database": OK, **component_states()}
    finally:
        connection.close()  # this thread has one of its own, which would outlive a restarted database


_look = _Look()


@login_not_required
@require_safe
def live(_request: HttpRequest) -> JsonResponse:
    """Whether this process answers; says nothing about the others."""
    return _answer({"web": OK})


@login_not_required
@require_safe
def ready(_request: HttpRequest) -> JsonResponse:
    """Whether runs and syncs that are asked for now will happen."""
    return _answer(_look.states())


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus text, for callers on this machine and for those with a token."""
    if not _is_local(request) and not _has_token(request):
        return JsonResponse({"detail": "Send a token, or ask from the machine itself."}, status=403)
    return HttpResponse(metrics_text(), content_type=CONTENT_TYPE_LATEST)


def _answer(states: dict[str, str]) -> JsonResponse:
    is_well = set(states.values()) == {OK}
    body = {"status": OK if is_well else "unavailable", "components": states}
    answer = JsonResponse(body, status=200 if is_well else 503, headers={"Cache-Control": "no-store"})
    # A 503 is a true answer here, not a fault of the server that would belong into its log as an error.
    answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001  # how Django asks
    return answer


def _is_local(request: HttpRequest) -> bool:
    """A proxy on this machine makes every caller look local, so its headers make nobody so."""
    if any(name in request.META for name in PROXY_HEADERS):
        return False
    try:
        address = ipaddress.ip_address(str(request.META.get("REMOTE_ADDR", "")))
    except ValueError:
        return False
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback


def _has_token(request: HttpRequest) -> bool:
    scheme, _, key = str(request.META.get("HTTP_AUTHORIZATION", "")).partition(" ")
    token = find_token(key.strip()) if scheme.lower() == "token" else None
    return token is not None and not why_refused(token, client_address(request))


urlpatterns = [
    path("health/live", live),
    path("health/ready", ready),
    path("metrics", metrics),
]
