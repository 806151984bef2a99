"""Settings of monitoring: how often the monitor looks, and what it looks at."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Annotated

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from watchkeeper.app.monitoring.rule_sets import rule_set, rule_set_names
from watchkeeper.app.settings_alerting import (
    CauseSettings,
    InhibitionSettings,
    MaintenanceSettings,
    ResponseSettings,
)
from watchkeeper.app.settings_anomalies import AnomalySettings
from watchkeeper.app.settings_drift import DriftSettings
from watchkeeper.app.settings_host import HostSettings
from watchkeeper.app.settings_rules import QuerySettings, RuleSettings
from watchkeeper.app.settings_section import Section, refused
from watchkeeper.app.settings_slos import ObjectiveSettings
from watchkeeper.monitoring.alerts.cause import GROUP_INTERVAL_S
from watchkeeper.monitoring.rules.near_names import near_names
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.slo.objective import burn_rules


class MonitoringSettings(Section):
    """The monitor."""

    every_s: float = Field(
        default=60.0, ge=0.1, description="Seconds between two looks at all rules (HE-46)."
    )
    rules: tuple[RuleSettings, ...] = Field(
        default=(), description="What is watched beside the rules that workloads ship."
    )
    rule_sets: tuple[str, ...] = Field(
        default=(),
        description="Shipped sets of rules to look at: `explainer`, `recommender`, `stock-research`, "
        "`team-assistant`; each watches the workload of its name.",
    )
    queries: Annotated[
        Mapping[str, QuerySettings],
        AfterValidator(lambda queries: MappingProxyType(dict(queries))),
        PlainSerializer(dict, return_type=dict[str, QuerySettings]),
    ] = Field(
        default_factory=lambda: MappingProxyType({}), description="Queries that rules name, by their name."
    )
    anomalies: AnomalySettings = Field(
        default_factory=AnomalySettings, description="Series that are watched for what is unusual."
    )
    host: HostSettings = Field(default_factory=HostSettings, description="The machine it runs on.")
    drift: DriftSettings = Field(default_factory=DriftSettings, description="What is watched for drift.")
    slos: tuple[ObjectiveSettings, ...] = Field(
        default=(), description="What is promised of calls; its budget is watched by rules of its own."
    )
    inhibitions: tuple[InhibitionSettings, ...] = Field(
        default=(), description="Which alerts mute which: a higher cause its consequences."
    )
    causes: tuple[CauseSettings, ...] = Field(
        default=(),
        description="Which alerts are told together. Others go by workload: what fires in one look is one "
        "message.",
    )
    maintenance: tuple[MaintenanceSettings, ...] = Field(
        default=(), description="Planned work that comes again; of its alerts nobody is told meanwhile."
    )
    group_interval_s: float = Field(
        default=GROUP_INTERVAL_S,
        ge=0,
        description="Seconds a further alert of a cause in `monitoring.causes` waits after that cause was "
        "told, unless it is worse.",
    )
    response: Annotated[
        Mapping[str, ResponseSettings],
        AfterValidator(lambda response: MappingProxyType(dict(response))),
        PlainSerializer(dict, return_type=dict[str, ResponseSettings]),
    ] = Field(
        default_factory=lambda: MappingProxyType({}),
        description="How soon somebody answers, by workload; `*` is any.",
    )
    holidays: tuple[date, ...] = Field(
        default=(), description="Days that are no business days, beside Saturdays and Sundays."
    )
    status_every_s: float = Field(
        default=300.0, ge=1, description="Seconds between two lines on each workload in `logs/status.jsonl`."
    )
    watchdog_s: float | None = Field(
        default=None,
        ge=0.2,
        description="Seconds without a look after which `wk up` tells people itself. Null: one and a half "
        "times `every_s`.",
    )

    @model_validator(mode="after")
    def _names_differ(self) -> "MonitoringSettings":
        keys = [(rule.workload, rule.name) for rule in self.rules]
        for name in self.rule_sets:
            if name not in rule_set_names():
                raise refused(f"there is no rule set {name!r}", near_names(name, rule_set_names()))
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise refused(f"workload {twice[0]!r} has two rules {twice[1]!r}", "give each a name of its own")
        promised = [(slo.workload, slo.name) for slo in self.slos]
        again = next((key for key in promised if promised.count(key) > 1), None)
        if again is not None:
            raise refused(f"workload {again[0]!r} has two objectives {again[1]!r}", "name them differently")
        planned = [one.name for one in self.maintenance]
        repeated = next((name for name in planned if planned.count(name) > 1), None)
        if repeated is not None:
            raise refused(f"two maintenance windows are named {repeated!r}", "name them differently")
        for rule in self.rules:
            if rule.query is not None and rule.query not in self.queries:
                near = near_names(rule.query, self.queries)
                raise refused(f"rule {rule.name!r} names no query that is set: {rule.query!r}", near)
        return self


def rules_in_force(monitoring: MonitoringSettings, shipped: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules that are looked at: the shipped ones, with what the settings say over and beside them."""
    said = {(rule.workload, rule.name) for rule in monitoring.rules}
    sets = {(rule.workload, rule.name): rule for name in monitoring.rule_sets for rule in rule_set(name)}
    burning = [rule for slo in monitoring.slos for rule in burn_rules(slo.to_objective())]
    watched = (*monitoring.anomalies.rules(), *monitoring.drift.rules(), *monitoring.host.rules())
    shipped = (*shipped, *burning, *watched)
    known = {**sets, **{(rule.workload, rule.name): rule for rule in shipped}}
    kept = [rule for key, rule in known.items() if key not in said]
    return (*kept, *(rule.to_rule(monitoring.queries) for rule in monitoring.rules if rule.enabled))
