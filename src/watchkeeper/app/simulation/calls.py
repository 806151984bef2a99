"""The calls of a scenario, drawn from its seed: equal scenarios make equal calls."""

import math
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal

import numpy as np

from watchkeeper.app.simulation.scenario import DAY_S, Fault, Scenario, Traffic
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.minutes import ns_of

_STALL_S = 60.0
"""What a caller waits for an answer that does not come."""
_NS = 1_000_000_000
_MICRO_USD = Decimal(1_000_000)


def calls_of(scenario: Scenario) -> Iterator[Span]:
    """Every call, stream by stream, each in the order of time."""
    for stream in streams_of(scenario):
        yield from stream


def streams_of(scenario: Scenario) -> list[Iterator[Span]]:
    """The calls of each stream, in the order they begin."""
    return [
        _stream(
            scenario,
            traffic,
            [fault for fault in scenario.faults if fault.hits(traffic)],
            np.random.default_rng((scenario.seed, number)),
        )
        for number, traffic in enumerate(scenario.traffic)
    ]


def _stream(
    scenario: Scenario, traffic: Traffic, faults: Sequence[Fault], random: np.random.Generator
) -> Iterator[Span]:
    start_ns = ns_of(scenario.start)
    for minute in range(math.ceil(scenario.length_s / 60)):
        expected = traffic.calls_per_minute * _share_of_day(scenario, traffic, minute * 60.0)
        count = int(random.poisson(expected))
        offsets = np.sort(random.random(count)) * 60 + minute * 60
        latencies = traffic.latency_ms * np.exp(random.normal(0, traffic.latency_scatter, count))
        chances = random.random((count, 2))
        for at_s, latency_ms, (fails, share) in zip(offsets, latencies, chances, strict=True):
            if at_s >= scenario.length_s:
                return
            # Drawn for calls that are not made as well: a silence changes nothing of what comes after it.
            ids = random.bytes(24)
            made = _call(
                traffic, faults, float(at_s), float(latency_ms), fails=float(fails), share=float(share)
            )
            if made is not None:
                yield _placed(made, traffic, start_ns + int(at_s * _NS), ids)


def _share_of_day(scenario: Scenario, traffic: Traffic, at_s: float) -> float:
    if not traffic.daily_swing:
        return 1.0
    instant = scenario.start + timedelta(seconds=at_s)
    midnight = instant.replace(hour=0, minute=0, second=0, microsecond=0)
    part = (instant - midnight).total_seconds() / DAY_S
    return 1.0 - traffic.daily_swing * math.cos(2 * math.pi * part)


class _Made:
    """A call before it has a place: what came of it."""

    __slots__ = ("cost", "error", "latency_ms", "output")

    def __init__(self, traffic: Traffic, latency_ms: float, share: float) -> None:
        self.latency_ms = latency_ms
        self.error: str | None = None
        # Answers differ in length, and cost follows their length.
        self.output = traffic.output_tokens * (0.5 + share)
        self.cost = traffic.cost_usd * (0.5 + share)


def _call(
    traffic: Traffic, faults: Sequence[Fault], at_s: float, latency_ms: float, *, fails: float, share: float
) -> _Made | None:
    made = _Made(traffic, latency_ms, share)
    if fails < traffic.error_rate:
        made.error = "target_server_error"
    for fault in faults:
        if not fault.from_s <= at_s < fault.from_s + fault.for_s:
            continue
        if fault.kind == "silence":
            return None
        _hit(made, fault, at_s, fails)
    return made


def _hit(made: _Made, fault: Fault, at_s: float, fails: float) -> None:
    match fault.kind:
        case "errors":
            if fails < fault.measure:
                made.error = "target_server_error"
        case "dead":
            made.error, made.latency_ms = "target_unreachable", 5.0
        case "stall":
            made.error, made.latency_ms = "target_timeout", _STALL_S * 1000
        case "slow":
            made.latency_ms *= fault.measure
        case "drift":
            made.latency_ms *= 1 + (fault.measure - 1) * (at_s - fault.from_s) / fault.for_s
        case "dear":
            made.cost *= fault.measure
        case "swap":
            made.output *= fault.measure
            made.latency_ms *= math.sqrt(fault.measure)
        case "silence":
            raise AssertionError("a call that is not made")


def _placed(made: _Made, traffic: Traffic, at_ns: int, ids: bytes) -> Span:
    ok = made.error is None
    return Span(
        trace_id=ids[:16].hex(),
        span_id=ids[16:].hex(),
        name=f"{traffic.operation} {traffic.model}",
        operation=traffic.operation,
        workload=traffic.workload,
        start_ns=at_ns,
        duration_ns=int(made.latency_ms * 1_000_000),
        ok=ok,
        error_code=made.error,
        http_status=200 if ok else 503,
        provider=traffic.provider,
        model=traffic.model,
        route=traffic.route,
        agent=traffic.agent,
        component=traffic.component,
        input_tokens=traffic.input_tokens,
        output_tokens=round(made.output) if ok else 0,
        cost_usd=round(made.cost * 1_000_000) / _MICRO_USD if ok else Decimal(0),
        finish_reason="stop" if ok else None,
    )
