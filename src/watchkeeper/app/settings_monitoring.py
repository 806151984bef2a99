"""Settings of monitoring: how often the monitor looks, and the rules it looks at."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.rules.rule import COOL_DOWN_S, NoData, Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import (
    CallFigure,
    CallFilterName,
    MetricStatistic,
    Watched,
    WatchedCalls,
    WatchedFigure,
    WatchedMetric,
)

_WAYS = ("calls", "metric", "figure")


class LevelsSettings(Section):
    """From where on a figure is bad; one level at least."""

    warning: float | None = Field(default=None, description="Past it the figure is a warning.")
    breach: float | None = Field(default=None, description="Past it what was promised is broken.")
    critical: float | None = Field(default=None, description="Past it somebody is woken.")


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
    unit: str = Field(default="", description="The figure's unit, for people.")
    runbook: str | None = Field(default=None, description="What to do, by name.")
    enabled: bool = Field(default=True, description="False turns it off, a shipped rule of that name too.")

    @model_validator(mode="after")
    def _is_a_rule(self) -> "RuleSettings":
        given = [way for way in _WAYS if getattr(self, way) is not None]
        if self.enabled and len(given) != 1:
            raise refused(
                f"rule {self.name!r} watches {' and '.join(f'`{way}`' for way in given) or 'nothing'}",
                "give one of `calls`, `metric` and `figure`",
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

    def to_rule(self) -> Rule:
        """The rule; only of one that is enabled."""
        return Rule(
            name=self.name,
            workload=self.workload,
            watched=self._watched(),
            window_s=self.window_s,
            threshold=self._threshold(),
            for_s=self.for_s,
            warning=self.severity.warning,
            breach=self.severity.breach,
            critical=self.severity.critical,
            cool_down_s=self.cool_down_s,
            no_data=self.no_data,
            unit=self.unit,
            runbook=self.runbook,
        )

    def _watched(self) -> Watched:
        if self.calls is not None:
            return WatchedCalls(figure=self.calls, only=dict(self.only))
        if self.metric is not None:
            return WatchedMetric(
                name=self.metric.name, statistic=self.metric.statistic, tags=dict(self.metric.tags)
            )
        return WatchedFigure(name=self.figure or "")

    def _threshold(self) -> Threshold:
        levels = self.above or self.below or LevelsSettings()
        return Threshold(
            direction="below" if self.above is None else "above",
            warning=levels.warning,
            breach=levels.breach,
            critical=levels.critical,
        )


class MonitoringSettings(Section):
    """The monitor."""

    every_s: float = Field(
        default=60.0, ge=0.1, description="Seconds between two looks at all rules (HE-46)."
    )
    rules: tuple[RuleSettings, ...] = Field(
        default=(), description="What is watched beside the rules that workloads ship."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> "MonitoringSettings":
        keys = [(rule.workload, rule.name) for rule in self.rules]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise refused(f"workload {twice[0]!r} has two rules {twice[1]!r}", "give each a name of its own")
        return self


def rules_in_force(set_rules: Sequence[RuleSettings], shipped: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that are looked at: the shipped ones, with what the settings say over and beside them."""
    said = {(rule.workload, rule.name): rule for rule in set_rules}
    kept = [rule for rule in shipped if (rule.workload, rule.name) not in said]
    return (*kept, *(rule.to_rule() for rule in set_rules if rule.enabled))
