"""Shipping receipts into telemetry: each line once, as the span it stands for."""

from watchkeeper.app.metrics import Counter
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.domain.span import span_of_receipt
from watchkeeper.gateway.receipts import ReceiptTail
from watchkeeper.telemetry.ports import UnreadableLine


class ReceiptShipping:
    """Reads on where telemetry says the reading ended; safe to run again at any point."""

    def __init__(self, services: Services, state: ServerState) -> None:
        self._services = services
        self._tail = ReceiptTail(services.receipts_dir)
        self._log = state.log
        self._shipped: Counter = state.metrics.counter(
            "watchkeeper_receipts_shipped_total", "Receipts shipped into telemetry, by what became of them."
        )

    def turn(self) -> None:
        """Ship everything that is there now; spans and position stand in one transaction."""
        more = True
        while more:
            batch = self._tail.read(self._services.telemetry.positions())
            if not batch.offsets:
                return
            result = self._services.telemetry.append(
                [span_of_receipt(receipt) for receipt in batch.receipts],
                received_at=self._services.clock.now(),
                positions=batch.offsets,
                unreadable=[
                    UnreadableLine(file=line.file, offset=line.offset, reason=line.reason)
                    for line in batch.unreadable
                ],
            )
            for line in batch.unreadable:
                self._log.warning(
                    "receipt line skipped", file=line.file, offset=line.offset, reason=line.reason
                )
            self._count("stored", result.stored)
            self._count("duplicates", result.duplicates)
            self._count("conflicts", result.conflicts)
            self._count("unreadable", len(batch.unreadable))
            more = batch.more

    def _count(self, outcome: str, amount: int) -> None:
        self._shipped.add(amount, {"outcome": outcome})
