"""The monitor over several rules: one that cannot be read stops no other, and restarts go on."""

from datetime import datetime

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.monitor import Monitor, MonitorStores
from watchkeeper.monitoring.notification.letters import Telling
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedMetric
from watchkeeper.testing.alerts import InMemoryAlerts, InMemoryMutes, InMemoryOverrides, ToldMeasurements
from watchkeeper.testing.clock import CountedIds, MovedClock


def rule(name: str) -> Rule:
    return Rule(
        name=name,
        workload="shop",
        watched=WatchedMetric(name=name, statistic="mean"),
        window_s=300,
        threshold=Threshold(direction="above", warning=10),
        for_s=60,
    )


class Scene:
    def __init__(self) -> None:
        self.clock = MovedClock()
        self.alerts = InMemoryAlerts()
        self.told: list[Telling] = []
        self.figures: dict[str, float | None] = {"load": 1.0, "errors": 1.0}
        self.ids = CountedIds()

    def monitor(self, *names: str) -> Monitor:
        return Monitor(
            [rule(name) for name in names or ("load", "errors")],
            measurements=ToldMeasurements(self.read),
            stores=MonitorStores(alerts=self.alerts, mutes=InMemoryMutes(), overrides=InMemoryOverrides()),
            clock=self.clock,
            ids=self.ids,
            tell=self.told.append,
        )

    def read(self, which: Rule, _: datetime) -> float | None:
        if which.name == "broken":
            raise InvalidInputError("there is no metric 'broken'", action="name another")
        return self.figures[which.name]


def test_a_rule_that_cannot_be_read_is_told_and_stops_no_other() -> None:
    scene = Scene()
    scene.figures["load"] = 50.0
    look = scene.monitor("broken", "load", "errors").turn()
    assert look.failures == ("rule shop/broken: there is no metric 'broken'",)
    assert [str(reading.band) for reading in look.readings] == ["no data", "warning", "normal"]


def test_a_monitor_that_starts_anew_goes_on_where_the_last_one_ended() -> None:
    scene = Scene()
    scene.figures["load"] = 50.0
    scene.monitor().turn()
    assert scene.told == []
    scene.clock.advance(61)
    scene.monitor().turn()
    scene.monitor().turn()
    assert [telling.why for telling in scene.told] == ["fired"]
    scene.figures["load"] = 1.0
    scene.monitor().turn()
    assert [telling.why for telling in scene.told] == ["fired", "resolved"]
    assert scene.alerts.active() == ()


def test_what_was_past_its_level_too_shortly_leaves_nothing_behind() -> None:
    scene = Scene()
    scene.figures["load"] = 50.0
    scene.monitor().turn()
    scene.figures["load"] = 1.0
    scene.clock.advance(30)
    scene.monitor().turn()
    assert scene.alerts.newest_of("shop/load") is None
    assert scene.told == []
