"""`wk rules test`: given rows, what the rules in force make of them, against what was expected.

The rows go through the same questions, thresholds and course of an alert as those of a living system.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from watchkeeper.app.monitoring.measurements import NamedFigure, TelemetryMeasurements
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.files.invalid_document import wrong_places
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.alerts.alert_course import next_turn
from watchkeeper.monitoring.ports import SqlSandbox
from watchkeeper.monitoring.rules.near_names import near_names
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.telemetry import InMemoryTelemetry

_BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
"""A Monday; tests tell time in seconds from it."""
_MOST_ROWS = 100_000
_SPAN = TypeAdapter(Span)
_TOLD = Literal["fired", "raised", "repeated", "resolved", "nobody"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class GivenCalls(_Part):
    """Some calls alike; further keys are columns of a call, such as `model`."""

    model_config = ConfigDict(extra="allow")
    at: float = Field(ge=0, description="Seconds from the beginning, of the first.")
    count: int = Field(default=1, ge=1, le=_MOST_ROWS)
    every_s: float = Field(default=0.0, ge=0)
    duration_ms: float = Field(default=100.0, ge=0)
    ok: bool = True


class GivenPoint(_Part):
    """A point of a metric."""

    at: float = Field(ge=0)
    name: str
    value: float
    unit: str = ""
    tags: dict[str, str] = Field(default_factory=dict)


class GivenQueries(_Part):
    """Some queries alike."""

    at: float = Field(ge=0)
    count: int = Field(default=1, ge=1, le=_MOST_ROWS)
    latency_ms: float = Field(default=100.0, ge=0)
    results: int | None = Field(default=None, ge=0)
    degraded: bool = False
    error: str | None = None


class GivenFigure(_Part):
    """What a workload's named figure is from an instant on; null is no data."""

    at: float = Field(ge=0)
    name: str
    value: float | None


class Expected(_Part):
    """What a look at an instant has to see; what is not said is not compared."""

    at: float = Field(ge=0)
    band: Literal["no data", "normal", "warning", "breach", "critical"] | None = None
    told: _TOLD | None = None
    value: float | None = None


class RuleTest(_Part):
    """One rule over given rows."""

    rule: str
    every_s: float = Field(default=60.0, gt=0)
    calls: list[GivenCalls] = Field(default_factory=list)
    points: list[GivenPoint] = Field(default_factory=list)
    queries: list[GivenQueries] = Field(default_factory=list)
    figures: list[GivenFigure] = Field(default_factory=list)
    expect: list[Expected] = Field(min_length=1)


class RuleTests(_Part):
    """What a test file holds."""

    tests: list[RuleTest] = Field(min_length=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one expectation came to."""

    rule: str
    at: float
    passed: bool
    said: str
    """What was seen, and what was expected where it differs."""


def rule_tests_of(said: object) -> RuleTests:
    """The tests a file holds.

    Raises:
        InvalidInputError: It is no test file; the message names the first place that is wrong.
    """
    try:
        return RuleTests.model_validate(said)
    except ValidationError as wrong:
        raise InvalidInputError(
            wrong_places(wrong, whole="the file", most=1), action="see `wk rules test --help` for an example"
        ) from None


def run_rule_tests(tests: RuleTests, rules: Sequence[Rule], *, sandbox: SqlSandbox) -> tuple[Outcome, ...]:
    """Run every test.

    Raises:
        InvalidInputError: A test names no rule in force, or a row cannot be.
    """
    by_key = {rule.key: rule for rule in rules}
    outcomes: list[Outcome] = []
    for test in tests.tests:
        rule = by_key.get(test.rule)
        if rule is None:
            raise InvalidInputError(
                f"no rule {test.rule!r} is in force", action=near_names(test.rule, by_key)
            )
        outcomes += _run(test, rule, sandbox)
    return tuple(outcomes)


def _run(test: RuleTest, rule: Rule, sandbox: SqlSandbox) -> list[Outcome]:
    telemetry = InMemoryTelemetry()
    telemetry.append(_batch(test, rule), received_at=_BEGIN)
    named: Mapping[tuple[str, str], NamedFigure] = {
        (rule.workload, name): partial(_figure_at, test.figures, name)
        for name in {figure.name for figure in test.figures}
    }
    measurements = TelemetryMeasurements(telemetry, named, sandbox=sandbox)
    due = sorted(test.expect, key=lambda expected: expected.at)
    looks = {number * test.every_s for number in range(int(due[-1].at // test.every_s) + 1)}
    alert: Alert | None = None
    outcomes = []
    for at in sorted(looks | {expected.at for expected in due}):
        now = _BEGIN + timedelta(seconds=at)
        value = measurements.figure(rule, until=now)
        turn = next_turn(rule, alert, value=value, now=now, new_id=partial("test-{:g}".format, at))
        alert = turn.alert or alert
        for expected in due:
            if expected.at == at:
                band = str(rule.threshold.band(value))
                outcomes.append(_compare(rule, expected, value, band, turn.told or "nobody"))
    return outcomes


def _compare(rule: Rule, expected: Expected, value: float | None, band: str, told: str) -> Outcome:  # noqa: PLR0917 - what was seen
    wrong = []
    if expected.band is not None and expected.band != band:
        wrong.append(f"expected {expected.band}")
    if expected.told is not None and expected.told != told:
        wrong.append(f"expected {expected.told} to be told")
    if expected.value is not None and (
        value is None or abs(value - expected.value) > 1e-9 + abs(expected.value) * 0.01
    ):
        wrong.append(f"expected {expected.value:g}")
    figure = "no data" if value is None else f"{value:.4g} {rule.unit}".rstrip()
    seen = f"{figure}, {band}" if value is not None else band
    said = f"{seen}, {told} told" if told != "nobody" else seen
    return Outcome(rule=rule.key, at=expected.at, passed=not wrong, said="; ".join([said, *wrong]))


def _batch(test: RuleTest, rule: Rule) -> TelemetryBatch:
    spans: list[Span] = []
    for given in test.calls:
        spans += _calls(rule.workload, given, after=len(spans))
    points = tuple(
        MetricPoint(
            workload=rule.workload,
            name=point.name,
            kind="gauge",
            unit=point.unit,
            ts_ns=ns_of(_BEGIN + timedelta(seconds=point.at)),
            value=point.value,
            tags=point.tags,
        )
        for point in test.points
    )
    queries = [
        QueryRecord(
            query_id=f"{block}-{number}",
            workload=rule.workload,
            ts_ns=ns_of(_BEGIN + timedelta(seconds=given.at)),
            latency_ms=given.latency_ms,
            results=given.results,
            degraded=given.degraded,
            error=given.error,
        )
        for block, given in enumerate(test.queries)
        for number in range(given.count)
    ]
    return TelemetryBatch(spans=tuple(spans), metrics=points, queries=tuple(queries))


def _calls(workload: str, given: GivenCalls, *, after: int) -> list[Span]:
    """Calls alike, numbered from those before; columns are of the types that a call has."""
    more = given.model_extra or {}
    known = {field.name for field in fields(Span)}
    unknown = sorted(set(more) - known)
    if unknown:
        raise InvalidInputError(f"a call has no column {unknown[0]!r}", action=near_names(unknown[0], known))
    own = {"workload": workload, "duration_ns": int(given.duration_ms * 1e6), "ok": given.ok}
    usual = {"name": "call", "operation": "chat", "trace_id": "0", "span_id": "0", "start_ns": 0}
    try:
        one = _SPAN.validate_python({**usual, **more, **own})
    except ValidationError as problems:
        wrong = problems.errors()[0]
        raise InvalidInputError(
            f"a call's {wrong['loc'][0]} cannot be {wrong['input']!r}: {wrong['msg']}",
            action="give a value as a call has it; see docs/telemetry-columns.md",
        ) from None
    return [
        replace(
            one,
            trace_id=more.get("trace_id", f"{number + 1:032x}"),
            span_id=more.get("span_id", f"{number + 1:016x}"),
            start_ns=ns_of(_BEGIN + timedelta(seconds=given.at + (number - after) * given.every_s)),
        )
        for number in range(after, after + given.count)
    ]


def _figure_at(figures: Sequence[GivenFigure], name: str, since: datetime, until: datetime) -> float | None:
    del since  # a named figure stands until the next one is told
    told = [one for one in figures if one.name == name and _BEGIN + timedelta(seconds=one.at) <= until]
    return max(told, key=lambda one: one.at).value if told else None
