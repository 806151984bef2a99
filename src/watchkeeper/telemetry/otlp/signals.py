"""The three kinds of OTLP requests, and the messages they are made of."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import Message
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import (
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
)
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import (
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
)
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

PATH = (1, 2, 2)
"""Field numbers from a request to its items, the same for all three signals."""


@dataclass(frozen=True, slots=True)
class Signal:
    """One kind of request."""

    name: str
    """As in the path `/v1/<name>`."""
    request: type[Message]
    response: type[Message]
    groups: str
    """Where a request holds its resources' groups."""
    scoped: str
    """Where a group holds what one scope sends."""
    items: str
    """Where that holds the spans, metrics or records."""
    word: str
    """What they are, for a sentence."""
    rejected: str
    """Where an answer counts what was not taken."""
    service: str
    """The service's full name over gRPC."""

    def empty(self) -> Any:
        """A request without anything in it."""
        return self.request()

    def item_lists(self, message: Any) -> Iterator[Any]:
        """The lists of items in a request, to be read or cut."""
        for group in getattr(message, self.groups):
            for scoped in getattr(group, self.scoped):
                yield getattr(scoped, self.items)

    def count(self, message: Any) -> int:
        """How many items a request holds."""
        return sum(len(items) for items in self.item_lists(message))


TRACES = Signal(
    "traces",
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
    groups="resource_spans",
    scoped="scope_spans",
    items="spans",
    word="spans",
    rejected="rejected_spans",
    service="opentelemetry.proto.collector.trace.v1.TraceService",
)
METRICS = Signal(
    "metrics",
    ExportMetricsServiceRequest,
    ExportMetricsServiceResponse,
    groups="resource_metrics",
    scoped="scope_metrics",
    items="metrics",
    word="points",
    rejected="rejected_data_points",
    service="opentelemetry.proto.collector.metrics.v1.MetricsService",
)
LOGS = Signal(
    "logs",
    ExportLogsServiceRequest,
    ExportLogsServiceResponse,
    groups="resource_logs",
    scoped="scope_logs",
    items="log_records",
    word="records",
    rejected="rejected_log_records",
    service="opentelemetry.proto.collector.logs.v1.LogsService",
)
SIGNALS: tuple[Signal, ...] = (TRACES, METRICS, LOGS)
