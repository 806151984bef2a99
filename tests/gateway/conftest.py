"""A clock that stands still until moved, and receipts ready to be written."""

from itertools import count

import pytest

from watchkeeper.domain.receipt import Receipt
from watchkeeper.testing.clock import MovedClock


class ReceiptMaker:
    """Receipts with ids and times in order."""

    def __init__(self) -> None:
        self._made = count(1)

    def __call__(self, **columns: object) -> Receipt:
        n = next(self._made)
        row: dict[str, object] = {
            "receipt_id": f"{n:032x}",
            "ts": f"2026-03-01T09:{n // 60 % 60:02d}:{n % 60:02d}.{n:06d}Z",
            "trace_id": f"{n:032x}",
            "span_id": f"{n:016x}",
            "workload": "annual-reports",
            "target": "layout",
            "provider": "baseline",
            "model": "layout",
            "latency_ms": 1.5,
        }
        return Receipt(**{**row, **columns})  # type: ignore[arg-type]


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def make() -> ReceiptMaker:
    return ReceiptMaker()
