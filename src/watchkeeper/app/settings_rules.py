"""Settings of rules: what is watched, and from where on it is bad."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.rules.rule import COOL_DOWN_S, NoData, Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.units import CALL_UNITS, factor, level_of_text
from watchkeeper.monitoring.rules.watched import (
    CallFigure,
    CallFilterName,
    MetricStatistic,
    Watched,
    WatchedCalls,
    WatchedFigure,
    WatchedMetric,
    WatchedSql,
)

_WAYS = ("calls", "metric", "figure", "query", "sql")


def _checked_level(level: float | str) -> float | str:
    if isinstance(level, str):
        try:
            level_of_text(level)
        except InvalidInputError as wrong:
            raise refused(wrong.message, wrong.action) from None
    return level


LevelValue = Annotated[float | str, AfterValidator(_checked_level)]


class LevelsSettings(Section):
    """From where on a figure is bad; one level at least: a number, or one with a unit such as `25 s`."""

    warning: LevelValue | None = Field(default=None, description="Past it the figure is a warning.")
    breach: LevelValue | None = Field(default=None, description="Past it what was promised is broken.")
    critical: LevelValue | None = Field(default=None, description="Past it somebody is woken.")

    def unit(self) -> str:
        """The first unit that a level tells; empty when none does."""
        told = [level_of_text(level)[1] for level in self._given() if isinstance(level, str)]
        return next((unit for unit in told if unit), "")

    def levels(self, unit: str) -> dict[str, float]:
        """The levels in a unit.

        Raises:
            UnlikeUnitsError: One is in a unit of something else.
        """
        found = {}
        for name in ("warning", "breach", "critical"):
            level = getattr(self, name)
            if level is not None:
                number, own = level_of_text(level) if isinstance(level, str) else (level, "")
                found[name] = number * factor(own, unit)
        return found

    def _given(self) -> tuple[float | str | None, ...]:
        return self.warning, self.breach, self.critical


class QuerySettings(Section):
    """A query that rules name."""

    sql: str = Field(
        min_length=1,
        max_length=20_000,
        description="One SELECT that answers one number from `calls`, `spans`, `metrics`, `evaluations`, "
        "`feedback`, `queries` or `logs`: the workload's rows of the rule's window.",
    )
    unit: str = Field(default="", description="The unit of what it answers.")


class WatchedMetricSettings(Section):
    """A metric's statistic."""

    name: str = Field(min_length=1, description="The metric's name.")
    statistic: MetricStatistic = Field(default="mean", description="Which statistic of its points.")
    tags: Annotated[
        Mapping[str, str],
        AfterValidator(lambda tags: MappingProxyType(dict(tags))),
        PlainSerializer(dict, return_type=dict[str, str]),
    ] = Field(
        default_factory=lambda: MappingProxyType({}), description="Only points that carry all of these tags."
    )


class SeveritySettings(Section):
    """How bad each band is."""

    warning: Severity = Field(default="P3", description="Of a warning.")
    breach: Severity = Field(default="P2", description="Of a breach.")
    critical: Severity = Field(default="P1", description="Of a critical figure.")


class RuleSettings(Section):
    """One rule; it takes the place of a workload's shipped rule of the same name."""

    name: str = Field(
        pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$", description="What it is called, such as `slow-answers`."
    )
    workload: str = Field(default="default", min_length=1, description="The workload it watches.")
    calls: CallFigure | None = Field(default=None, description="A figure of its calls, such as `p95_ms`.")
    only: Annotated[
        Mapping[CallFilterName, str],
        AfterValidator(lambda only: MappingProxyType(dict(only))),
        PlainSerializer(dict, return_type=dict[str, str]),
    ] = Field(
        default_factory=lambda: MappingProxyType({}),
        description="Only calls that have these, such as `{route: extract}`.",
    )
    metric: WatchedMetricSettings | None = Field(default=None, description="Or a metric's statistic.")
    figure: str | None = Field(default=None, min_length=1, description="Or a figure the workload names.")
    query: str | None = Field(
        default=None, min_length=1, description="Or a query of `monitoring.queries`, by its name."
    )
    sql: str | None = Field(
        default=None,
        min_length=1,
        max_length=20_000,
        description="Or one SELECT of its own; see `monitoring.queries`.",
    )
    window_s: float = Field(default=300.0, gt=0, description="Seconds up to now the figure is taken of.")
    above: LevelsSettings | None = Field(default=None, description="The figure is bad above these.")
    below: LevelsSettings | None = Field(default=None, description="Or below these.")
    for_s: float = Field(default=0.0, ge=0, description="Seconds it has to stay so before somebody is told.")
    cool_down_s: float = Field(
        default=COOL_DOWN_S, ge=0, description="Seconds between two notices of one level."
    )
    no_data: NoData = Field(
        default="keep",
        description="What an unknown figure does: `keep` leaves the alert as it is, `alert` is one, "
        "`normal` ends it.",
    )
    severity: SeveritySettings = Field(default=SeveritySettings(), description="How bad each band is.")
    unit: str = Field(
        default="",
        description="The unit figure and levels are told in; that of the levels if empty, else the figure's "
        "own. Units that measure something else are refused.",
    )
    runbook: str | None = Field(default=None, description="What to do, by name.")
    channels: tuple[str, ...] = Field(
        default=(),
        description="Names of `notification.channels` it is told over, in place of `notification.routes`.",
    )
    repeats: bool = Field(
        default=True,
        description="False: an alert that goes on is told once, and again only if it gets worse.",
    )
    enabled: bool = Field(default=True, description="False turns it off, a shipped rule of that name too.")

    @model_validator(mode="after")
    def _is_a_rule(self) -> "RuleSettings":
        given = [way for way in _WAYS if getattr(self, way) is not None]
        if self.enabled and len(given) != 1:
            raise refused(
                f"rule {self.name!r} watches {' and '.join(f'`{way}`' for way in given) or 'nothing'}",
                "give one of `calls`, `metric`, `figure`, `query` and `sql`",
            )
        if self.enabled and (self.above is None) == (self.below is None):
            raise refused(f"rule {self.name!r} needs levels on one side", "give either `above` or `below`")
        if self.only and self.calls is None:
            raise refused(f"rule {self.name!r} has `only`, which is for `calls`", "use the metric's `tags`")
        if self.enabled:
            try:
                self._threshold()
            except InvalidInputError as wrong:
                raise refused(f"rule {self.name!r}: {wrong.message}", wrong.action or "") from None
        return self

    def to_rule(self, queries: Mapping[str, QuerySettings] = MappingProxyType({})) -> Rule:
        """The rule; only of one that is enabled.

        Args:
            queries: The named queries; its own is among them.
        """
        return Rule(
            name=self.name,
            workload=self.workload,
            watched=self._watched(queries),
            window_s=self.window_s,
            threshold=self._threshold(),
            for_s=self.for_s,
            warning=self.severity.warning,
            breach=self.severity.breach,
            critical=self.severity.critical,
            cool_down_s=self.cool_down_s,
            no_data=self.no_data,
            unit=self._unit(),
            runbook=self.runbook,
            channels=self.channels,
            repeats=self.repeats,
        )

    def _watched(self, queries: Mapping[str, QuerySettings]) -> Watched:
        if self.query is not None:
            return WatchedSql(text=queries[self.query].sql, name=self.query, unit=queries[self.query].unit)
        if self.sql is not None:
            return WatchedSql(text=self.sql)
        if self.calls is not None:
            return WatchedCalls(figure=self.calls, only=dict(self.only))
        if self.metric is not None:
            return WatchedMetric(
                name=self.metric.name, statistic=self.metric.statistic, tags=dict(self.metric.tags)
            )
        return WatchedFigure(name=self.figure or "")

    def _unit(self) -> str:
        return self.unit or self._levels().unit()

    def _levels(self) -> LevelsSettings:
        return self.above or self.below or LevelsSettings()

    def _threshold(self) -> Threshold:
        unit = self._unit()
        if self.calls is not None:
            # Unlike units are named here already; a metric's own unit is known once it has points.
            factor(CALL_UNITS[self.calls], unit)
            unit = unit or CALL_UNITS[self.calls]
        levels = self._levels().levels(unit)
        return Threshold(
            direction="below" if self.above is None else "above",
            warning=levels.get("warning"),
            breach=levels.get("breach"),
            critical=levels.get("critical"),
        )
