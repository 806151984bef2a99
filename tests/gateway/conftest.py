"""A clock that stands still until moved, ids in order, and receipts ready to be written."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from watchkeeper.domain.receipt import Receipt


class StandingClock:
    def __init__(self) -> None:
        self.elapsed_s = 0.0

    def now(self) -> datetime:
        return datetime(2026, 3, 1, 9, 0, tzinfo=UTC) + timedelta(seconds=self.elapsed_s)

    def monotonic(self) -> float:
        return self.elapsed_s

    def advance(self, seconds: float) -> None:
        self.elapsed_s += seconds


class CountedIds:
    def __init__(self) -> None:
        self._numbers = count(1)

    def trace_id(self) -> str:
        return f"{next(self._numbers):032x}"

    def span_id(self) -> str:
        return f"{next(self._numbers):016x}"


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
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def ids() -> CountedIds:
    return CountedIds()


@pytest.fixture
def make() -> ReceiptMaker:
    return ReceiptMaker()
