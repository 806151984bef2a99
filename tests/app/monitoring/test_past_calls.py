"""A backtest from minutes read at once tells what looks one by one tell."""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from tests.app.conftest import CALL
from watchkeeper.adapters.sql_sandbox.sandbox import ProcessSandbox
from watchkeeper.app.monitoring.measurements import TelemetryMeasurements
from watchkeeper.app.monitoring.past_calls import PastCalls
from watchkeeper.monitoring.rules.backtest import backtest
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import CALL_FIGURES, CallFigure, WatchedCalls
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.telemetry import InMemoryTelemetry

BEGIN = datetime(2026, 3, 2, 8, tzinfo=UTC)


@pytest.fixture(scope="module")
def store() -> InMemoryTelemetry:
    """Two hours of calls of two models, with a silence in them."""
    chance, made = random.Random(5), InMemoryTelemetry()
    spans = []
    for number in range(600):
        at_s = chance.random() * 7200
        if 3000 < at_s < 4000:
            continue
        spans.append(
            replace(
                CALL,
                span_id=f"{number:016x}",
                model=chance.choice(("small", "large")),
                start_ns=ns_of(BEGIN + timedelta(seconds=at_s)),
                duration_ns=int(chance.expovariate(1 / 800) * 1e6),
                ok=chance.random() > 0.2,
                cached=chance.random() < 0.3,
                cost_usd=Decimal("0.01") if chance.random() < 0.9 else None,
            )
        )
    made.append(TelemetryBatch(spans=tuple(spans)), received_at=BEGIN)
    return made


@pytest.fixture(scope="module")
def looked(store: InMemoryTelemetry) -> Iterator[TelemetryMeasurements]:
    sandbox = ProcessSandbox()
    yield TelemetryMeasurements(store, sandbox=sandbox)
    sandbox.close()


@pytest.mark.parametrize("figure", CALL_FIGURES)
@pytest.mark.parametrize("window_s", [60.0, 300.0, 90.0])
def test_it_tells_the_same(
    store: InMemoryTelemetry, looked: TelemetryMeasurements, figure: CallFigure, window_s: float
) -> None:
    rule = Rule(
        name="it",
        workload="shop",
        watched=WatchedCalls(figure=figure, only={"model": "small"}),
        window_s=window_s,
        threshold=Threshold(direction="above", warning=0.2, critical=500),
        for_s=60,
    )
    until = BEGIN + timedelta(hours=2)
    past = PastCalls(store, rule, others=looked, since=BEGIN, until=until)
    one_by_one = backtest(rule, looked, since=BEGIN, until=until, every_s=60)
    assert backtest(rule, past, since=BEGIN, until=until, every_s=60) == one_by_one
    assert one_by_one.looks == 121
    odd = BEGIN + timedelta(seconds=1234)
    assert past.figure(rule, until=odd) == looked.figure(rule, until=odd)
