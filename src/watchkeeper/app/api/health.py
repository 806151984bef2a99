"""`/health`: how well workloads are, each with what it lost points for."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from fastapi import APIRouter
from pydantic import BaseModel

from watchkeeper.app.api.dependencies import ServicesDep, StateDep
from watchkeeper.monitoring.alerts.alert import Alert
from watchkeeper.monitoring.health.health_score import Deduction, Health, Reading, State, health
from watchkeeper.monitoring.monitor import known_readings
from watchkeeper.monitoring.rules.watched import component_of

router = APIRouter(prefix="/health", tags=["health"])


class RuleReading(BaseModel):
    """What a rule saw last."""

    rule: str
    metric: str
    value: float | None
    """Null is no data."""
    band: str
    unit: str


class ComponentScore(BaseModel):
    """One component's health, by the rules that are about it alone."""

    component: str
    score: float | None
    state: State
    deductions: tuple[Deduction, ...]


class WorkloadHealth(BaseModel):
    """One workload's health; a score of null is unknown."""

    workload: str
    score: float | None
    state: State
    deductions: tuple[Deduction, ...]
    components: tuple[ComponentScore, ...]
    """Those that rules are about; a component nobody watches is not here."""
    readings: tuple[RuleReading, ...]


class MonitorBody(BaseModel):
    """The monitor itself."""

    running: bool
    """Whether it has looked within two intervals."""
    every_s: float
    rules: int
    anomaly_series: int
    channels: int


class Healths(BaseModel):
    """The health of everything that is watched."""

    monitor: MonitorBody

    looked_at: datetime | None
    """When the monitor looked last; null: not since the server started."""
    score: float | None
    """The worst of the workloads; null when none is known."""
    state: State
    workloads: tuple[WorkloadHealth, ...]


@router.get("")
def show_health(services: ServicesDep, state: StateDep, workload: str | None = None) -> Healths:
    """How well each workload is, as the monitor saw it last."""
    look = None if state.monitor is None else state.monitor.last_look
    readings = known_readings(look, state.rules)
    names = sorted({reading.rule.workload for reading in readings})
    alerts = services.alerts.active()
    found = []
    for name in names:
        if workload not in {None, name}:
            continue
        own = [reading for reading in readings if reading.rule.workload == name]
        its_alerts = [alert for alert in alerts if alert.workload == name]
        found.append(_body(name, health(own, its_alerts), own, _components(own, its_alerts)))
    known = [one for one in found if one.score is not None]
    worst = min(known, key=lambda one: one.score or 0.0, default=None)
    settings = services.settings
    every_s = settings.monitoring.every_s
    return Healths(
        monitor=MonitorBody(
            running=look is not None and services.clock.now() - look.at <= timedelta(seconds=2 * every_s),
            every_s=every_s,
            rules=len(state.rules),
            anomaly_series=len(settings.monitoring.anomalies.series),
            channels=len(settings.notification.channels),
        ),
        looked_at=None if look is None else look.at,
        score=None if worst is None else worst.score,
        state="unknown" if worst is None else worst.state,
        workloads=tuple(found),
    )


def _components(readings: Sequence[Reading], alerts: Sequence[Alert]) -> tuple[ComponentScore, ...]:
    by_component: dict[str, list[Reading]] = defaultdict(list)
    for reading in readings:
        component = component_of(reading.rule.watched)
        if component is not None:
            by_component[component].append(reading)
    found = []
    for component, own in sorted(by_component.items()):
        rules = {reading.rule.key for reading in own}
        well = health(own, [alert for alert in alerts if alert.rule in rules])
        found.append(
            ComponentScore(
                component=component, score=well.score, state=well.state, deductions=well.deductions
            )
        )
    return tuple(found)


def _body(
    name: str, well: Health, readings: Sequence[Reading], components: tuple[ComponentScore, ...]
) -> WorkloadHealth:
    return WorkloadHealth(
        workload=name,
        score=well.score,
        state=well.state,
        deductions=well.deductions,
        components=components,
        readings=tuple(
            RuleReading(
                rule=reading.rule.key,
                metric=reading.rule.watched.told,
                value=reading.value,
                band=str(reading.band),
                unit=reading.rule.unit,
            )
            for reading in readings
        ),
    )
