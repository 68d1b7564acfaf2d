"""How long requests take, for /metrics."""

from __future__ import annotations

from prometheus_client import Histogram

BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10)  # seconds
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_SECONDS = Histogram(
    "jobyard_api_request_seconds",
    "Duration of REST requests.",
    ["endpoint", "method", "status"],
    buckets=BUCKETS,
)


def observe(endpoint: str, method: str | None, status: int, seconds: float) -> None:
    """Count one request; *endpoint* is a name from our code, never text of the caller."""
    method = method if method in METHODS else "other"
    _SECONDS.labels(endpoint, method, str(status)).observe(seconds)
