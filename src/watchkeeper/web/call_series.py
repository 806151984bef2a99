"""The series every installation has: latency, errors, fallbacks, requests, cost and tokens of its calls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from watchkeeper.web import printed
from watchkeeper.web.series_chart import Line, line_chart, moved, points_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CallSeries:
    """One chart of calls."""

    name: str
    """The address's word for it."""
    title: str
    figures: Mapping[str, str]
    """Names of its lines, and the API's figures they show."""
    unit: str = ""
    share: bool = False


CALL_SERIES = (
    CallSeries(
        name="calls.latency",
        title="Latency",
        figures={"P50": "p50_ms", "P95": "p95_ms", "P99": "p99_ms"},
        unit="ms",
    ),
    CallSeries(name="calls.error_rate", title="Error rate", figures={"error rate": "error_rate"}, share=True),
    CallSeries(
        name="calls.fallback_rate",
        title="Fallback rate",
        figures={"fallback rate": "degraded_rate"},
        share=True,
    ),
    CallSeries(
        name="calls.requests", title="Requests", figures={"calls": "calls", "failed": "failed"}, unit="a step"
    ),
    CallSeries(name="calls.cost", title="Cost", figures={"cost": "cost_usd"}, unit="USD a step"),
    CallSeries(
        name="calls.tokens",
        title="Tokens",
        figures={"input": "input_tokens", "output": "output_tokens"},
        unit="a step",
    ),
    CallSeries(
        name="calls.cache_hit_rate",
        title="Cache hit rate",
        figures={"cache hit rate": "cache_hit_rate"},
        share=True,
    ),
)
NO_CALLS = "no call in this time: no data"


def call_chart(one: CallSeries, answer: Mapping[str, Any], timezone: str) -> None:
    """One of them from the API's answer, the period before beside it where that was asked for."""
    lines = call_lines(one, answer)
    line_chart(
        lines if answer["total"]["calls"] or _before_calls(answer) else (),
        mark=one.name.replace(".", "-"),
        title=one.title,
        timezone=timezone,
        unit=one.unit,
        share=one.share,
        empty=NO_CALLS,
    )


def call_lines(one: CallSeries, answer: Mapping[str, Any]) -> list[Line]:
    """Its lines."""
    lines = []
    for name, figure in one.figures.items():
        points = points_of(answer["rows"], figure)
        lines.append(Line(name=name, points=points))
        if answer["before"] is not None:
            earlier = moved(points_of(answer["before"]["rows"], figure), points)
            lines.append(Line(name=f"{name}, before", points=earlier, before=True))
    return lines


def total_facts(total: Mapping[str, Any]) -> Sequence[tuple[str, str | None]]:
    """What the calls of the whole time add up to, name and figure; None is no data."""
    return (
        ("calls", printed.value(total["calls"])),
        ("error rate", printed.percent(total["error_rate"])),
        ("fallback rate", printed.percent(total["degraded_rate"])),
        ("mean", _ms(total["average_ms"])),
        ("P50 (median)", _ms(total["p50_ms"])),
        ("P95", _ms(total["p95_ms"])),
        ("P99", _ms(total["p99_ms"])),
        ("max", _ms(total["max_ms"])),
        ("tokens in", _known(printed.known_sum(total["input_tokens"]))),
        ("tokens out", _known(printed.known_sum(total["output_tokens"]))),
        ("USD", _known(printed.known_usd(total["cost_usd"]))),
    )


def _ms(value: float | None) -> str | None:
    return None if value is None else printed.duration(value)


def _known(text: str) -> str | None:
    return None if text == printed.NO_DATA else text


def _before_calls(answer: Mapping[str, Any]) -> int:
    return 0 if answer["before"] is None else int(answer["before"]["total"]["calls"])
