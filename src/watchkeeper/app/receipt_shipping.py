"""Shipping receipts into telemetry, counted and logged."""

from watchkeeper.app.metrics import Counter
from watchkeeper.app.receipt_lines import ReceiptLines
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.telemetry.receipt_shipping import ReceiptShipper


class ReceiptShipping:
    """Reads on where telemetry says the reading ended; safe to run again at any point."""

    def __init__(self, services: Services, state: ServerState) -> None:
        self._shipper = ReceiptShipper(
            source=ReceiptLines(services.receipts_dir), store=services.telemetry, clock=services.clock
        )
        self._log = state.log
        self._shipped: Counter = state.metrics.counter(
            "watchkeeper_receipts_shipped_total", "Receipts shipped into telemetry, by what became of them."
        )

    def turn(self) -> None:
        """Ship everything that is there now; spans and position stand in one transaction."""
        report = self._shipper.run_once()
        for line in report.unreadable:
            self._log.warning("receipt line skipped", file=line.file, offset=line.offset, reason=line.reason)
        self._shipped.add(report.stored, {"outcome": "stored"})
        self._shipped.add(report.duplicates, {"outcome": "duplicate"})
        self._shipped.add(report.conflicts, {"outcome": "conflict"})
        self._shipped.add(len(report.unreadable), {"outcome": "unreadable"})
