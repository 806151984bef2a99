"""Settings of watched series: which, judged by what, and how many false pages they may make together."""

from collections.abc import Mapping
from math import log10
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from watchkeeper.app.settings_rules import WatchedMetricSettings
from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.anomalies.series_watch import WEEK_S, chance_a_point
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import (
    CallFigure,
    CallFilterName,
    WatchedAnomaly,
    WatchedCalls,
    WatchedMetric,
)

WatchDetector = Literal["median-deviation", "z-score", "seasonal", "page-hinkley"]


class SeriesSettings(Section):
    """One watched series."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_.-]{0,40}$", description="What it is called: `latency`.")
    workload: str = Field(default="default", min_length=1, description="The workload it is of.")
    calls: CallFigure | None = Field(default=None, description="A figure of its calls, such as `p95_ms`.")
    only: Annotated[
        Mapping[CallFilterName, str],
        AfterValidator(lambda only: MappingProxyType(dict(only))),
        PlainSerializer(dict, return_type=dict[str, str]),
    ] = Field(default_factory=lambda: MappingProxyType({}), description="Only calls that have these.")
    metric: WatchedMetricSettings | None = Field(default=None, description="Or a metric's statistic.")
    every_s: int = Field(
        default=300, ge=60, multiple_of=60, le=86_400, description="Seconds a point; whole minutes."
    )
    detector: WatchDetector = Field(
        default="median-deviation",
        description="How points are judged: `median-deviation` for most, `z-score` for about normal ones, "
        "`seasonal` for those that go by hour and weekday, `page-hinkley` for slow shifts. The scan's "
        "`nearest-past` is not among them: how often it alarms on a series without anomalies is not known.",
    )
    severity: Severity = Field(default="P3", description="How bad an anomaly is.")
    learn_days: float = Field(
        default=7.0, gt=0, le=60, description="Days before now it learns from when the server starts."
    )

    @model_validator(mode="after")
    def _watches_one_thing(self) -> "SeriesSettings":
        if (self.calls is None) == (self.metric is None):
            raise refused(f"series {self.name!r} watches nothing, or two things", "give `calls` or `metric`")
        return self

    def watched(self) -> WatchedCalls | WatchedMetric:
        """What it is a series of."""
        if self.metric is not None:
            return WatchedMetric(
                name=self.metric.name, statistic=self.metric.statistic, tags=dict(self.metric.tags)
            )
        assert self.calls is not None
        return WatchedCalls(figure=self.calls, only=dict(self.only))


class AnomalySettings(Section):
    """Watched series, and the false alarms that all of them together may make."""

    false_pages_a_week: float = Field(
        default=1.0, gt=0, le=1000, description="False alarms a week that are acceptable, over all series."
    )
    series: tuple[SeriesSettings, ...] = Field(default=(), description="The series.")

    @model_validator(mode="after")
    def _names_differ(self) -> "AnomalySettings":
        keys = [(one.workload, one.name) for one in self.series]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise refused(f"workload {twice[0]!r} has two series {twice[1]!r}", "name them differently")
        return self

    def chance(self) -> float:
        """The chance at which a point of any series is told."""
        points = sum(WEEK_S / one.every_s for one in self.series)
        return chance_a_point(false_pages_a_week=self.false_pages_a_week, points_a_week=points)

    def rules(self) -> tuple[Rule, ...]:
        """A rule a series; its figure is how surprising the last point is."""
        return tuple(self._rule(one, self.chance()) for one in self.series)

    def _rule(self, one: SeriesSettings, chance: float) -> Rule:
        return Rule(
            name=f"anomaly-{one.name}",
            workload=one.workload,
            watched=WatchedAnomaly(
                series=one.watched(),
                every_s=one.every_s,
                detector=one.detector,
                chance=chance,
                learn_days=one.learn_days,
            ),
            window_s=float(one.every_s),
            threshold=Threshold(direction="above", warning=-log10(chance)),
            warning=one.severity,
            no_data="keep",
            unit="zeros",
        )
