"""A scenario replayed through the real rules: what fires, when it passes, who is told, what is found."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from watchkeeper.app.simulation.arrivals import Arrivals
from watchkeeper.app.simulation.calls import calls_of
from watchkeeper.app.simulation.public_door import request_of
from watchkeeper.app.simulation.scenario import read_scenario
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.testing.otlp import mapped

SHOP = {"workload": "shop", "calls_per_minute": 30, "latency_ms": 600, "error_rate": 0.002}
ERRORS = {
    "name": "errors",
    "workload": "shop",
    "calls": "error_rate",
    "above": {"warning": 0.05, "critical": 0.2},
    "for_s": 60,
}
SLOW = {
    "name": "slow",
    "workload": "shop",
    "calls": "p95_ms",
    "above": {"warning": 2000, "critical": 4000},
    "unit": "ms",
    "for_s": 60,
}
BURST = {"name": "burst", "kind": "errors", "workload": "shop", "from_s": 1200, "for_s": 600, "size": 0.4}


def scenario(**fields: Any) -> dict[str, Any]:
    hour = {"name": "an hour", "length_s": 3600, "seed": 7, "traffic": [SHOP], "rules": [ERRORS, SLOW]}
    return {**hour, **fields}


def simulated(folder: Path, said: dict[str, Any], settings: dict[str, Any] | None = None) -> Any:
    (folder / "scenario.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
    (folder / "watchkeeper.yaml").write_text(yaml.safe_dump(settings or {}), encoding="utf-8")
    done = CliRunner().invoke(
        app,
        [
            *("--config", str(folder / "watchkeeper.yaml"), "--data-dir", str(folder / "data")),
            *("simulate", str(folder / "scenario.yaml"), "--json"),
        ],
    )
    assert done.exit_code in {0, 1}, (done.output, done.exception)
    return json.loads(done.stdout)


def test_a_planted_fault_is_told_in_time_and_passes_and_the_people_meant_hear_of_it(tmp_path: Path) -> None:
    chat = {"notification": {"channels": {"chat": {"url": "json://127.0.0.1:9"}}}}
    found = simulated(tmp_path, scenario(faults=[BURST]), chat)
    [alert] = found["alerts"]
    assert (alert["rule"], alert["faults"], alert["level"]) == ("shop/errors", ["burst"], "CRITICAL")
    [burst] = found["faults"]
    # Within the rule's `for` and two looks.
    assert (burst["after_s"] <= 60 + 2 * 60, burst["in_time"], found["late"]) == (True, "for", 0)
    assert alert["resolved_at"] is not None
    assert (found["false_alarms"], found["missed"], found["unresolved"]) == (0, 0, 0)
    assert next((one["channel"], one["why"]) for one in found["pages"]) == ("chat", "fired")
    assert found["pages"][-1]["why"] == "resolved"
    [health] = found["health"]
    assert (health["score"], health["state"]) == (100.0, "healthy")
    assert health["worst"] < 100


@pytest.mark.requirement("HE-26")
def test_slow_calls_sent_by_the_public_door_alone_fire_the_p95_alert(tmp_path: Path) -> None:
    slow = {"name": "slow", "kind": "slow", "workload": "shop", "from_s": 1200, "for_s": 600, "size": 6}
    found = simulated(tmp_path, scenario(faults=[slow]))
    [alert] = found["alerts"]
    assert (alert["rule"], alert["faults"]) == ("shop/slow", ["slow"])
    assert (found["faults"][0]["in_time"], found["unresolved"]) == ("for", 0)


def test_a_call_is_stored_as_it_was_made_whatever_way_it_took() -> None:
    burst = {**BURST, "kind": "swap"}
    made = list(
        calls_of(read_scenario(scenario(faults=[burst, {**BURST, "name": "b", "kind": "dead"}]), name="s"))
    )
    stored = [Span(**{**one.columns, "attributes": {}}) for one in mapped(request_of(made)).spans]
    assert stored == made


def test_a_call_is_told_of_when_it_is_over_and_each_once() -> None:
    stalled = read_scenario(scenario(faults=[{**BURST, "kind": "stall"}]), name="s")
    arrivals = Arrivals(stalled)
    start_ns, told = ns_of(stalled.start), 0
    for minute in range(1, 70):
        now_ns = start_ns + minute * 60 * 10**9
        came = list(arrivals.until(now_ns))
        told += len(came)
        assert all(now_ns - 60 * 10**9 < one.start_ns + one.duration_ns <= now_ns for one in came)
    assert told == len(list(calls_of(stalled)))


def test_equal_scenarios_end_equal_and_a_quiet_hour_tells_nobody(tmp_path: Path) -> None:
    first, second = (simulated(tmp_path, scenario()) for _ in range(2))
    assert first == second
    assert (first["alerts"], first["pages"], first["calls"] > 1500) == ([], [], True)


def test_a_fault_no_rule_sees_is_missed_and_said_so(tmp_path: Path) -> None:
    dear = {"name": "dear", "kind": "dear", "workload": "shop", "from_s": 600, "for_s": 600}
    found = simulated(tmp_path, scenario(faults=[dear]))
    assert (found["missed"], found["faults"][0]["alerted_at"]) == (1, None)


def test_a_reference_of_drift_is_told_as_not_seen_and_blinds_nobody(tmp_path: Path) -> None:
    watched = {"monitoring": {"drift": {"references": [{"reference": "calls", "workload": "shop"}]}}}
    found = simulated(tmp_path, scenario(), watched)
    assert found["problems"] == ["rule shop/drift-from-calls: a scenario has no references of drift"]
    assert (found["alerts"], found["false_alarms"]) == ([], 0)


def test_two_rules_of_one_name_are_refused(tmp_path: Path) -> None:
    (tmp_path / "twice.yaml").write_text(yaml.safe_dump(scenario(rules=[ERRORS, ERRORS])), encoding="utf-8")
    done = CliRunner().invoke(app, ["simulate", str(tmp_path / "twice.yaml")])
    assert isinstance(done.exception, InvalidInputError)
    assert "two rules are named 'shop/errors'" in str(done.exception)


def test_a_fault_is_not_found_by_the_alert_of_another_one_that_lasts(tmp_path: Path) -> None:
    # No rule sees the dear calls; the burst fires while their five minutes are still in its window.
    dear = {"name": "dear", "kind": "dear", "workload": "shop", "from_s": 900, "for_s": 270}
    found = simulated(tmp_path, scenario(faults=[dear, BURST]))
    assert [alert["faults"] for alert in found["alerts"]] == [["burst"]]
    assert {one["name"]: one["alerted_at"] is None for one in found["faults"]} == {
        "dear": True,
        "burst": False,
    }


def test_an_alert_that_no_fault_explains_is_a_false_alarm(tmp_path: Path) -> None:
    always = {**ERRORS, "name": "always", "above": {"warning": -1}}
    late = {**BURST, "from_s": 120}
    found = simulated(tmp_path, scenario(faults=[late], rules=[always]))
    # Its figure was past its level before the burst began.
    assert ([one["faults"] for one in found["alerts"]], found["false_alarms"], found["missed"]) == (
        [[]],
        1,
        1,
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"traffic": []}, "traffic: Tuple should have at least 1 item"),
        ({"faults": [{**BURST, "workload": "desk"}]}, "the fault 'burst' concerns no traffic"),
        ({"faults": [BURST, BURST]}, "two faults are named 'burst'"),
        ({"faults": [{**BURST, "size": 2}]}, "fails more than all calls"),
        ({"faults": [{**BURST, "from_s": 7200}]}, "begins after the end"),
        ({"faults": [{**BURST, "kind": "flood"}]}, "faults.0.kind"),
        ({"lenght_s": 60}, "lenght_s: Extra inputs"),
        ({"traffic": [{**SHOP, "calls_per_minute": 60000}], "length_s": 86400}, "makes 86400000 calls"),
        ({"start": "2026-03-02T08:00:00"}, "start: Input should have timezone"),
    ],
)
def test_a_scenario_that_cannot_be_says_why(change: dict[str, Any], told: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        read_scenario(scenario(**change), name="s.yaml")
    assert told in refused.value.message


@pytest.mark.parametrize("kind", ["errors", "slow", "stall", "silence", "dear", "drift", "swap", "dead"])
def test_a_fault_changes_the_calls_it_lasts_for_and_no_others(kind: str) -> None:
    fault = {**BURST, "kind": kind, "size": None}
    plain = {span.start_ns: span for span in calls_of(read_scenario(scenario(), name="s"))}
    hit = {span.start_ns: span for span in calls_of(read_scenario(scenario(faults=[fault]), name="s"))}
    begin = min(plain) // 3_600_000_000_000 * 3_600_000_000_000
    inside = range(begin + 1200 * 10**9, begin + 1800 * 10**9)

    def facts(span: Any) -> tuple[Any, ...]:
        return (span.ok, span.duration_ns, span.cost_usd, span.output_tokens)

    assert {at for at in plain if at not in inside} == {at for at in hit if at not in inside}
    for at, span in hit.items():
        if at not in inside:
            assert facts(span) == facts(plain[at])
    changed = [at for at in plain if at in inside and (at not in hit or facts(hit[at]) != facts(plain[at]))]
    assert changed


WORKLOADS = ("shop", "desk", "press")
KINDS = ("errors", "slow", "stall", "silence", "dear", "dead", "drift", "swap")
SIZES = {"errors": 0.4, "slow": 6, "dear": 20, "drift": 8}
LENGTHS = {"drift": 2400, "swap": 1500}
CREEPING = {
    "name": "creeping",
    "workload": "shop",
    "calls": "average_ms",
    "above": {"warning": 800},
    "unit": "ms",
    "for_s": 60,
}
"""A quarter above what is usual, of five minutes of calls: slow growth shows here first."""


def a_day() -> dict[str, Any]:
    """Twenty faults of eight kinds in three workloads; a swapped model shows in the length of its answers."""
    faults = [
        {
            "name": f"{number:02d}-{kind}",
            "kind": kind,
            "workload": WORKLOADS[number % 3],
            "from_s": 3600 + number * 4000,
            "for_s": LENGTHS.get(kind, 1200),
            **({"size": SIZES[kind]} if kind in SIZES else {}),
        }
        for number, kind in enumerate(KINDS[number % len(KINDS)] for number in range(20))
    ]
    rules = [
        {**rule, "workload": workload}
        for workload in WORKLOADS
        for rule in (
            ERRORS,
            SLOW,
            CREEPING,
            {"name": "quiet", "calls": "requests", "below": {"critical": 1}, "window_s": 60},
            {"name": "dear", "calls": "cost_usd", "above": {"warning": 0.8, "critical": 2}, "for_s": 60},
        )
    ]
    traffic = [{**SHOP, "workload": one, "calls_per_minute": 20, "daily_swing": 0.3} for one in WORKLOADS]
    return {"name": "a day", "seed": 3, "traffic": traffic, "faults": faults, "rules": rules}


@pytest.mark.slow
def test_of_a_day_with_twenty_faults_each_is_found_and_every_alert_passes(tmp_path: Path) -> None:
    models = [{"workload": one, "model": "model-1", "current_s": 1200} for one in WORKLOADS]
    watched = {"monitoring": {"drift": {"models": models}}}
    found = simulated(tmp_path, a_day(), watched)
    assert (len(found["faults"]), found["missed"], found["unresolved"]) == (20, 0, 0)
    # What a model is compared with holds its swapped hours later on: that may be told once more.
    false = [one["rule"] for one in found["alerts"] if not one["faults"]]
    assert len(false) <= 2
    assert all("silent-change" in rule for rule in false)
    assert [one["score"] for one in found["health"]] == [100.0] * 3
    for fault in found["faults"]:
        # Slow growth and another model show once enough of the rule's window is theirs.
        usual = {"drift": "window", "swap": "window"}.get(fault["kind"], "for")
        assert fault["in_time"] in {"for", usual}, fault
