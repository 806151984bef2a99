"""The whole way of an alert on a moved clock: what fires, what is muted, who hears of it and who is paged."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.severity import Severity
from watchkeeper.monitoring.alerts.alert import Acknowledgement, Alert
from watchkeeper.monitoring.alerts.cause import Cause
from watchkeeper.monitoring.alerts.inhibition import Inhibition, inhibited
from watchkeeper.monitoring.alerts.matcher import Matcher
from watchkeeper.monitoring.alerts.mute import Mute
from watchkeeper.monitoring.engine import Policy
from watchkeeper.monitoring.monitor import Look, Monitor, MonitorStores
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.monitoring.notification.rendering import Wording, compiled
from watchkeeper.monitoring.notification.routing import Route, Routing
from watchkeeper.monitoring.oncall.escalation import OnCall
from watchkeeper.monitoring.oncall.rotation import Override, Rotation
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.monitoring.rules.threshold import Threshold
from watchkeeper.monitoring.rules.watched import WatchedMetric
from watchkeeper.testing.alerts import InMemoryAlerts, InMemoryMutes, InMemoryOverrides, ToldMeasurements
from watchkeeper.testing.clock import CountedIds, MovedClock

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
CHAT = Routing(channels=("chat",))
CALLING = OnCall(
    rotation=Rotation(people=("ida", "jonas"), zone=ZoneInfo("Europe/Stockholm")),
    contacts={
        "ida": ("pager-ida",),
        "jonas": ("pager-jonas",),
        "engineering-manager": ("mail",),
        "vp": ("telephone",),
    },
)
ALL = Routing(
    channels=("chat", "pager-ida", "pager-jonas", "mail", "telephone"), routes=(Route(channels=("chat",)),)
)


def rule(name: str, *, workload: str = "shop", warning: Severity = "P3", for_s: float = 0.0) -> Rule:
    return Rule(
        name=name,
        workload=workload,
        watched=WatchedMetric(name=name, statistic="mean"),
        window_s=300,
        threshold=Threshold(direction="above", warning=10, critical=100),
        warning=warning,
        for_s=for_s,
        unit="ms",
    )


class AlertScene:
    """Rules, figures that are set, and a monitor that looks once a minute."""

    def __init__(self, *rules: Rule, policy: Policy) -> None:
        self.rules = rules
        self.policy = policy
        self.clock = MovedClock()
        self.begun = self.clock.now()
        self.alerts = InMemoryAlerts()
        self.mutes = InMemoryMutes()
        self.overrides = InMemoryOverrides()
        self.ids = CountedIds()
        self.figures: dict[str, float | None] = {}
        self.monitor = self.new_monitor()

    def new_monitor(self) -> Monitor:
        return Monitor(
            self.rules,
            measurements=ToldMeasurements(lambda which, _: self.figures.get(which.name, 1.0)),
            stores=MonitorStores(alerts=self.alerts, mutes=self.mutes, overrides=self.overrides),
            clock=self.clock,
            ids=self.ids,
            tell=lambda _: None,
            policy=self.policy,
        )

    def sees(self, figures: Mapping[str, float | None] | None = None, *, after_s: float = 0.0) -> Look:
        self.clock.advance(after_s)
        self.figures.update(figures or {})
        return self.monitor.turn()

    def looks_until(self, minute: int) -> None:
        while self.clock.now() < self.begun + timedelta(minutes=minute):
            self.sees(after_s=60)

    def restarts(self) -> None:
        self.monitor = self.new_monitor()

    def letters(self) -> list[Letter]:
        return sorted(self.alerts.outbox.since(self.begun), key=lambda one: (one.created_at, one.channel))

    def told(self) -> list[tuple[int, str, str, str]]:
        return [
            (round((one.created_at - self.begun).total_seconds() / 60), one.channel, one.recipient, one.why)
            for one in self.letters()
        ]

    def silence(self, *, minutes: int, kind: str = "silence", **match: str) -> Mute:
        mute = Mute(
            mute_id="m1",
            kind="maintenance" if kind == "maintenance" else "silence",
            matcher=Matcher(match),
            begins_at=self.clock.now(),
            until=self.clock.now() + timedelta(minutes=minutes),
            reason="planned",
            by="Ida",
            created_at=self.clock.now(),
        )
        self.mutes.keep(mute)
        return mute


def test_alerts_of_one_look_and_workload_are_one_message() -> None:
    scene = AlertScene(rule("slow"), rule("errors"), policy=Policy(routing=CHAT))
    scene.sees({"slow": 50.0, "errors": 500.0})
    [letter] = scene.letters()
    assert (
        letter.subject
        == "[CRITICAL P1] shop: mean of errors is 500.00 ms (level 100.00 ms), critical (and 1 more)"
    )
    assert "mean of slow is 50.00 ms" in letter.body


def test_a_later_alert_of_a_named_cause_waits_and_lists_the_others() -> None:
    cause = Cause(name="the provider", matcher=Matcher({"rule": "provider-*"}))
    scene = AlertScene(
        rule("provider-slow"), rule("provider-errors"), policy=Policy(routing=CHAT, causes=(cause,))
    )
    scene.sees({"provider-slow": 50.0})
    scene.sees({"provider-errors": 50.0}, after_s=60)
    assert len(scene.letters()) == 1
    [waiting] = [one for one in scene.alerts.active() if one.muted]
    assert waiting.muted is not None
    assert "the provider was just told" in waiting.muted
    scene.looks_until(5)
    assert scene.told() == [(0, "chat", "chat", "fired"), (5, "chat", "chat", "fired")]
    assert "of the same cause (the provider), told before:" in scene.letters()[-1].body


def test_a_worse_alert_of_a_cause_does_not_wait() -> None:
    cause = Cause(name="the provider", matcher=Matcher({"rule": "provider-*"}))
    scene = AlertScene(
        rule("provider-slow"), rule("provider-errors"), policy=Policy(routing=CHAT, causes=(cause,))
    )
    scene.sees({"provider-slow": 50.0})
    scene.sees({"provider-errors": 500.0}, after_s=60)
    assert [one[0] for one in scene.told()] == [0, 1]


def test_a_higher_cause_mutes_its_consequences_until_it_has_passed() -> None:
    inhibition = Inhibition(cause=Matcher({"rule": "provider-down"}), consequence=Matcher({"rule": "slow"}))
    scene = AlertScene(
        rule("provider-down"),
        rule("slow"),
        rule("slow", workload="search"),
        policy=Policy(routing=CHAT, inhibitions=(inhibition,)),
    )
    scene.sees({"provider-down": 500.0, "slow": 50.0})
    assert [letter.workload for letter in scene.letters()] == ["shop", "search"]
    [muted] = [alert for alert in scene.alerts.active() if alert.muted]
    assert (muted.rule, muted.state) == ("shop/slow", "firing")
    assert muted.muted == "follows from shop: mean of provider-down is 500.00 ms (level 100.00 ms), critical"
    scene.sees({"provider-down": 1.0}, after_s=60)
    assert sorted(letter.why for letter in scene.letters()[2:]) == ["fired", "resolved"]


@pytest.mark.parametrize("kind", ["silence", "maintenance"])
def test_what_is_silent_is_recorded_and_told_when_the_silence_ends(kind: str) -> None:
    scene = AlertScene(rule("slow"), policy=Policy(routing=CHAT))
    mute = scene.silence(minutes=60, kind=kind, workload="shop")
    scene.sees({"slow": 50.0})
    [alert] = scene.alerts.active()
    assert (alert.state, alert.muted, scene.letters()) == ("firing", f"{kind} m1 by Ida: planned", [])
    scene.mutes.keep(mute.ended(scene.clock.now(), "Jonas"))
    scene.sees(after_s=60)
    assert scene.told() == [(1, "chat", "chat", "fired")]
    assert scene.alerts.active()[0].muted is None


def test_a_silence_of_something_else_changes_nothing() -> None:
    scene = AlertScene(rule("slow"), policy=Policy(routing=CHAT))
    scene.silence(minutes=60, workload="search")
    scene.sees({"slow": 50.0})
    assert scene.told() == [(0, "chat", "chat", "fired")]


def test_an_alert_goes_where_its_severity_workload_and_rule_lead() -> None:
    routing = Routing(
        channels=("mail", "chat", "pager"),
        routes=(
            Route(channels=("mail",), severities=frozenset({"P3"})),
            Route(channels=("chat",), workloads=("sh*",), rules=("err*",)),
            Route(channels=("pager",), severities=frozenset({"P1"})),
        ),
    )
    own = replace(rule("own"), channels=("chat",))
    scene = AlertScene(rule("slow"), rule("errors"), own, policy=Policy(routing=routing))
    scene.sees({"slow": 50.0})
    scene.sees({"errors": 500.0}, after_s=60)
    scene.sees({"own": 50.0}, after_s=60)
    assert [(one[0], one[1]) for one in scene.told()] == [(0, "mail"), (1, "chat"), (1, "pager"), (2, "chat")]


@pytest.mark.requirement("FA-66")
def test_nobody_answers_and_one_after_the_other_is_paged_across_restarts() -> None:
    scene = AlertScene(rule("down", warning="P1"), policy=Policy(routing=ALL, on_call=CALLING))
    # The moved clock stands in an even ISO week or an odd one; who is first follows from it.
    first, second = "ida", "jonas"
    if scene.clock.now().astimezone(ZoneInfo("Europe/Stockholm")).isocalendar().week % 2 == 0:
        first, second = second, first
    scene.sees({"down": 50.0})
    for minute in (14, 29, 59, 119, 180):
        scene.restarts()
        scene.looks_until(minute)
    pages = [one for one in scene.told() if one[1] != "chat"]
    assert pages == [
        (0, f"pager-{first}", first, "fired"),
        (15, f"pager-{first}", first, "escalated"),
        (30, f"pager-{second}", second, "escalated"),
        (60, "mail", "engineering-manager", "escalated"),
        (120, "telephone", "vp", "escalated"),
    ]


def test_who_takes_it_on_ends_the_escalation() -> None:
    scene = AlertScene(rule("down", warning="P1"), policy=Policy(routing=ALL, on_call=CALLING))
    scene.sees({"down": 50.0})
    scene.looks_until(16)
    [alert] = scene.alerts.active()
    scene.alerts.acknowledge(replace(alert, acknowledgement=Acknowledgement(by="Ida", at=scene.clock.now())))
    scene.looks_until(180)
    assert [one[3] for one in scene.told() if one[1] != "chat"] == ["fired", "escalated"]


def test_steps_that_came_due_while_nothing_looked_are_all_paged() -> None:
    scene = AlertScene(rule("down", warning="P1"), policy=Policy(routing=ALL, on_call=CALLING))
    scene.sees({"down": 50.0})
    scene.restarts()
    scene.sees(after_s=3600)
    assert [one[3] for one in scene.told() if one[1] != "chat"].count("escalated") == 3


def test_an_override_is_paged_in_place_of_whom_the_rotation_names() -> None:
    scene = AlertScene(rule("down", warning="P1"), policy=Policy(routing=ALL, on_call=CALLING))
    now = scene.clock.now()
    scene.overrides.keep(
        Override(
            override_id="o1",
            role="primary",
            person="vp",
            begins_at=now,
            until=now + timedelta(hours=1),
            by="Ida",
            reason="ill",
            created_at=now,
        )
    )
    scene.sees({"down": 50.0})
    assert (0, "telephone", "vp", "fired") in scene.told()


def test_somebody_who_cannot_be_reached_is_an_alert_of_its_own() -> None:
    calling = replace(CALLING, contacts={"ida": (), "jonas": ()})
    scene = AlertScene(rule("down", warning="P1"), policy=Policy(routing=ALL, on_call=calling))
    look = scene.sees({"down": 50.0})
    assert "has no channel, so nobody was paged of: shop: mean of down" in look.failures[0]
    scene.sees(after_s=60)
    assert "watchkeeper/nobody-reached" in {alert.rule for alert in scene.alerts.active()}


def test_a_clock_that_is_put_back_is_named_and_holds_nothing_back() -> None:
    scene = AlertScene(rule("slow"), policy=Policy(routing=CHAT))
    scene.sees({"slow": 50.0})
    scene.clock.move_to(scene.clock.now() - timedelta(hours=2))
    look = scene.sees()
    assert look.failures == (f"the clock went back by 7200 s, to {scene.clock.now().isoformat()}",)
    assert "watchkeeper/monitor-blind" in {alert.rule for alert in scene.alerts.active()}
    scene.sees(after_s=901)
    repeated = [letter for letter in scene.alerts.outbox.since(NEVER) if letter.why == "repeated"]
    assert ["mean of slow" in letter.subject for letter in repeated] == [True]
    assert "watchkeeper/monitor-blind" not in {alert.rule for alert in scene.alerts.active()}


def test_the_alert_of_a_rule_that_is_no_more_ends() -> None:
    scene = AlertScene(rule("slow"), policy=Policy(routing=CHAT))
    scene.sees({"slow": 50.0})
    scene.rules = ()
    scene.restarts()
    scene.sees(after_s=60)
    assert scene.alerts.active() == ()
    assert [one[3] for one in scene.told()] == ["fired", "resolved"]


@pytest.mark.requirement("HE-41")
def test_a_letter_has_level_metric_value_threshold_and_message_with_two_decimals() -> None:
    scene = AlertScene(rule("slow"), policy=Policy(routing=CHAT))
    scene.sees({"slow": 123.456})
    scene.sees({"slow": 12.0}, after_s=901)
    scene.sees({"slow": 1.0}, after_s=60)
    danger, warning, good = scene.letters()
    for line in ("level: CRITICAL", "metric: mean of slow", "value: 123.46 ms", "threshold: 100.00 ms"):
        assert line in danger.body
    assert "shop: mean of slow is 123.46 ms" in danger.body
    assert [letter.colour for letter in (danger, warning, good)] == ["danger", "warning", "good"]


def test_a_channel_with_a_template_of_its_own_is_told_in_its_words() -> None:
    wording = Wording(
        subjects={"chat": compiled("{{ severity }}: {{ alerts[0].metric }}")},
        bodies={"chat": compiled("{{ alerts[0].nothing.of.that }}")},
    )
    scene = AlertScene(rule("slow"), policy=Policy(routing=CHAT, wording=wording))
    scene.sees({"slow": 50.0})
    [letter] = scene.letters()
    assert "mean of slow is 50.00 ms" in letter.body
    assert "(the template of channel chat failed:" in letter.body


def test_a_template_reaches_nothing_of_the_process() -> None:
    wording = Wording(bodies={"chat": compiled("{{ ''.__class__.__mro__[1].__subclasses__() }}")})
    scene = AlertScene(rule("slow"), policy=Policy(routing=CHAT, wording=wording))
    scene.sees({"slow": 50.0})
    assert "the template of channel chat failed: access to attribute '__class__'" in scene.letters()[0].body


names = st.sampled_from(["a", "b", "c", "d", "e"])


@given(edges=st.lists(st.tuples(names, names), max_size=12), present=st.sets(names, min_size=1))
def test_every_muted_alert_leads_up_to_one_that_is_told(
    edges: list[tuple[str, str]], present: set[str]
) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    alerts = [
        Alert(
            alert_id=name,
            rule=f"shop/{name}",
            workload="shop",
            about=name,
            state="firing",
            band=rule(name).threshold.band(50),
            severity="P2",
            value=50.0,
            level=10.0,
            unit="",
            begun_at=now,
            fired_at=now,
            seen_at=now,
        )
        for name in sorted(present)
    ]
    inhibitions = [
        Inhibition(cause=Matcher({"rule": up}), consequence=Matcher({"rule": down})) for up, down in edges
    ]
    muted = inhibited(alerts, inhibitions)
    for alert in alerts:
        seen, at = set(), alert.alert_id
        while at in muted:
            assert at not in seen, "alerts mute each other in a circle, and nobody is told of any"
            seen.add(at)
            at = muted[at].alert_id
