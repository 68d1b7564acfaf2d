"""What /metrics says: state of the parts, runs by status, and how long requests take."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import Error
from django.db.models import Count
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from jobyard import statuses
from jobyard_server.registry.sync_times import BOUNDS, figures
from jobyard_server.runs.components import component_states
from jobyard_server.runs.models import JobResult


class StateCollector(Collector):
    """Reads the database at each scrape; without it, only ``jobyard_database_up 0`` is told."""

    def collect(self) -> Iterator[Metric]:
        gauges: list[Metric]
        try:
            gauges = [_components(), _runs(), _sync_steps()]
        except Error:
            gauges = []
        yield GaugeMetricFamily("jobyard_database_up", "Whether the database answers.", value=len(gauges) > 0)
        yield from gauges


def metrics_text() -> bytes:
    """Everything, in the text format of Prometheus."""
    state = CollectorRegistry(auto_describe=False)
    state.register(StateCollector())
    return bytes(generate_latest(REGISTRY)) + bytes(generate_latest(state))


def _components() -> GaugeMetricFamily:
    gauge = GaugeMetricFamily("jobyard_component_up", "Whether a part is alive.", labels=["component"])
    for kind, state in component_states().items():
        gauge.add_metric([kind], state == "ok")
    return gauge


def _runs() -> GaugeMetricFamily:
    gauge = GaugeMetricFamily("jobyard_results", "Runs and syncs by status.", labels=["status"])
    counted = JobResult.objects.order_by().values("status").annotate(number=Count("pk"))
    numbers = dict.fromkeys(statuses.LABELS, 0) | {row["status"]: row["number"] for row in counted}
    for status, number in numbers.items():
        gauge.add_metric([status], number)
    return gauge


def _sync_steps() -> HistogramMetricFamily:
    histogram = HistogramMetricFamily(
        "jobyard_sync_step_seconds", "How long the steps of syncs take.", labels=["step"]
    )
    for figure in figures():
        buckets = [(str(bound), count) for bound, count in zip(BOUNDS, figure.counts, strict=False)]
        histogram.add_metric([figure.step], [*buckets, ("+Inf", figure.number)], sum_value=figure.seconds)
    return histogram
