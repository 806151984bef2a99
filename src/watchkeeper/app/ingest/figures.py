"""The ingest process's own figures."""

from watchkeeper.app.metrics import Metrics
from watchkeeper.telemetry.otlp.requests import TakenRequest


class IngestFigures:
    """What came, and what of it was not taken."""

    def __init__(self) -> None:
        self.metrics = Metrics()
        self._requests = self.metrics.counter(
            "watchkeeper_ingest_requests_total", "Requests answered, by signal and outcome."
        )
        self._items = self.metrics.counter(
            "watchkeeper_ingest_items_total", "Spans, metrics and records made to last."
        )
        self._rejected = self.metrics.counter(
            "watchkeeper_ingest_rejected_total", "Spans, points and records not taken, by reason."
        )
        self._cut = self.metrics.counter(
            "watchkeeper_ingest_cut_total", "What was taken shorter or mended, by reason."
        )

    def took(self, signal: str, taken: TakenRequest) -> None:
        """A request was taken."""
        outcome = "partly" if taken.rejected else "taken"
        self._requests.add(1, {"signal": signal, "outcome": outcome})
        self._items.add(taken.items, {"signal": signal})
        for reason, count in taken.rejected.items():
            self._rejected.add(count, {"signal": signal, "reason": reason})
        for reason, count in taken.cut.items():
            self._cut.add(count, {"signal": signal, "reason": reason})

    def took_rows(self) -> None:
        """Rows of the JSON API were taken."""
        self._requests.add(1, {"signal": "rows", "outcome": "taken"})

    def refused(self, signal: str, code: str) -> None:
        """A request was refused."""
        self._requests.add(1, {"signal": signal, "outcome": code})
