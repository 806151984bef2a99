"""One contract for alerts in memory and in PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from watchkeeper.adapters.postgres.alerts import PostgresAlerts
from watchkeeper.adapters.postgres.database import Database
from watchkeeper.domain.severity import Band
from watchkeeper.monitoring.alerts.alert import Acknowledgement, Alert, Escalation, Notice
from watchkeeper.monitoring.ports import AlertStore
from watchkeeper.testing.alerts import InMemoryAlerts

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
Make = Callable[..., Alert]


@pytest.fixture(scope="module", params=["in memory", "PostgreSQL"])
def alerts(request: pytest.FixtureRequest) -> AlertStore:
    if request.param == "in memory":
        return InMemoryAlerts()
    database: Database = request.getfixturevalue("database")
    return PostgresAlerts(database)


@pytest.fixture
def make(fresh: Callable[[str], str], workload: str) -> Make:
    def made(**changes: object) -> Alert:
        firing = Alert(
            alert_id=fresh("alert"),
            rule=f"{workload}/slow",
            workload=workload,
            about="p95_ms of calls",
            state="firing",
            band=Band.CRITICAL,
            severity="P1",
            value=3100.5,
            level=3000.0,
            unit="ms",
            begun_at=NOON,
            fired_at=NOON,
            seen_at=NOON,
            notice=Notice(band=Band.CRITICAL, at=NOON),
            runbook="slow-answers",
        )
        return replace(firing, **changes)  # type: ignore[arg-type]

    return made


def test_an_alert_comes_back_as_it_was_kept_last(alerts: AlertStore, make: Make) -> None:
    alert = make()
    alerts.keep(alert)
    taken_on = replace(alert, acknowledgement=Acknowledgement(by="Ida", at=NOON + HOUR, note="looking"))
    alerts.keep(taken_on)
    assert alerts.get(alert.alert_id) == taken_on
    assert alerts.get("none-of-that-id") is None


def test_the_newest_alert_of_a_rule_is_the_one_that_began_last(alerts: AlertStore, make: Make) -> None:
    late = make(begun_at=NOON + HOUR, fired_at=NOON + HOUR, state="resolved", resolved_at=NOON + 2 * HOUR)
    alerts.keep(late)
    alerts.keep(make(state="resolved", resolved_at=NOON + HOUR))
    assert alerts.newest_of(late.rule) == late
    assert alerts.newest_of("nobody/watches") is None


def test_active_alerts_come_worst_first_and_ended_ones_not_at_all(alerts: AlertStore, make: Make) -> None:
    mild = make(severity="P3")
    bad = make(begun_at=NOON + HOUR, fired_at=NOON + HOUR)
    pending = make(state="pending", fired_at=None, notice=None, severity="P2")
    over = make(state="resolved", resolved_at=NOON + HOUR)
    for alert in (mild, bad, pending, over):
        alerts.keep(alert)
    ours = [alert for alert in alerts.active() if alert.workload == mild.workload]
    assert ours == [bad, pending, mild]


def test_history_has_what_fired_in_it_or_was_not_over_before(alerts: AlertStore, make: Make) -> None:
    before = make(state="resolved", resolved_at=NOON + HOUR)
    across = make(state="resolved", resolved_at=NOON + 3 * HOUR)
    later = make(begun_at=NOON + 2 * HOUR, fired_at=NOON + 2 * HOUR)
    for alert in (before, across, later):
        alerts.keep(alert)
    found = [alert for alert in alerts.since(NOON + 2 * HOUR) if alert.workload == before.workload]
    assert found == [later, across]


def test_an_alert_that_never_fired_can_be_forgotten(alerts: AlertStore, make: Make) -> None:
    pending = make(state="pending", fired_at=None, notice=None)
    alerts.keep(pending)
    alerts.drop(pending.alert_id)
    alerts.drop(pending.alert_id)
    assert alerts.get(pending.alert_id) is None


def test_an_acknowledgement_made_while_the_monitor_looked_is_kept(alerts: AlertStore, make: Make) -> None:
    paged = make(escalation=Escalation(begun_at=NOON, paged=1), cause="the provider", muted="silence")
    alerts.keep(paged)
    assert alerts.get(paged.alert_id) == paged
    taken_on = Acknowledgement(by="Ida", at=NOON + HOUR)
    alerts.acknowledge(replace(paged, acknowledgement=taken_on))
    alerts.move([replace(paged, value=3200.0)], [], [])
    kept = alerts.get(paged.alert_id)
    assert kept is not None
    assert (kept.acknowledgement, kept.value) == (taken_on, 3200.0)


def test_one_that_got_worse_meanwhile_is_somebodys_anew(alerts: AlertStore, make: Make) -> None:
    warned = make(band=Band.WARNING, notice=Notice(band=Band.WARNING, at=NOON))
    alerts.keep(warned)
    alerts.acknowledge(replace(warned, acknowledgement=Acknowledgement(by="Ida", at=NOON)))
    alerts.move(
        [replace(warned, band=Band.CRITICAL, notice=Notice(band=Band.CRITICAL, at=NOON + HOUR))], [], []
    )
    kept = alerts.get(warned.alert_id)
    assert kept is not None
    assert kept.acknowledgement is None


def test_the_newest_of_a_rule_is_the_active_one(alerts: AlertStore, make: Make) -> None:
    """Also where the clock was put back, and what is over began later."""
    active = make()
    later = make(state="resolved", begun_at=NOON + HOUR, resolved_at=NOON + HOUR)
    alerts.move([active, later], [], [])
    assert alerts.newest_of(active.rule) == active
    assert [one for one in alerts.newest_of_each() if one.rule == active.rule] == [active]
