"""Slow and failing calls become alerts over the API, in the log and on the command line; and pass."""

import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from tests.app.conftest import wait_until
from watchkeeper.app.client import ApiClient
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import WatchkeeperError

if TYPE_CHECKING:
    from conftest import OpenShop, Shop, StartServer


@pytest.fixture
def shop(open_shop: "OpenShop") -> "Shop":
    return open_shop()


@pytest.mark.requirement("HE-26", "HE-37", "HE-42", "HE-50")
def test_slow_calls_fire_the_p95_alert_and_fast_ones_end_it(shop: "Shop") -> None:
    """Defects 10 and 12: the series the rule needs exists, and recovery clears the alert."""
    shop.serves(20, ms=3500)
    shop.waits_for(lambda: shop.alerts())
    [alert] = shop.alerts()
    assert (alert["level"], alert["severity"], alert["state"]) == ("CRITICAL", "P1", "firing")
    assert alert["message"].startswith("shop: p95_ms of calls is 3")
    health = shop.client.get("/health", {"workload": "shop"})
    assert (health["score"], health["state"]) == (55.0, "degraded")

    shop.clock.advance(301)
    shop.serves(20, ms=100)
    shop.waits_for(lambda: not shop.alerts())
    shop.waits_for(lambda: shop.client.get("/health", {"workload": "shop"})["score"] == 100.0)
    [past] = shop.client.get("/alerts/history")
    assert past["state"] == "resolved"
    assert past["message"].endswith(", no longer critical")


def test_an_alert_that_is_taken_on_says_by_whom_and_repeats_no_more(shop: "Shop") -> None:
    shop.serves(20, ms=1900)
    shop.waits_for(lambda: shop.alerts())
    [alert] = shop.alerts()
    told_at, repeats_at = alert["told_at"], alert["repeats_at"]
    assert repeats_at > told_at
    taken_on = shop.client.post(f"/alerts/{alert['alert_id']}/acknowledge", {"by": "Ida", "note": "on it"})
    assert (taken_on["acknowledgement"]["by"], taken_on["repeats_at"]) == ("Ida", None)


@pytest.mark.requirement("HE-33", "HE-42", "HE-50")
def test_active_alerts_are_filtered_by_level(shop: "Shop") -> None:
    shop.serves(20, ms=1900, ok=False)
    shop.waits_for(lambda: len(shop.alerts()) == 2)
    by_level = {
        level: [one["rule"] for one in shop.client.get("/alerts", {"level": level})["alerts"]]
        for level in ("WARNING", "CRITICAL")
    }
    assert by_level == {"WARNING": ["shop/slow"], "CRITICAL": ["shop/errors"]}


def test_a_workload_without_calls_is_unknown_and_has_no_alert(shop: "Shop") -> None:
    shop.waits_for(lambda: shop.client.get("/health")["looked_at"])
    found = shop.client.get("/health")
    assert (found["score"], found["state"]) == (None, "unknown")
    assert shop.alerts() == []


@pytest.mark.requirement("HE-36")
def test_each_notice_is_a_line_of_the_alert_log(shop: "Shop", tmp_path: Path) -> None:
    shop.serves(20, ms=3500)
    shop.waits_for(lambda: shop.alerts())
    log = tmp_path / "data" / "logs" / "alerts.jsonl"
    shop.waits_for(log.exists)
    [line] = [json.loads(text) for text in log.read_text(encoding="utf-8").splitlines()]
    assert (line["alert_level"], line["told"], line["threshold"]) == ("CRITICAL", "fired", 3000.0)
    assert line["metric"] == "p95_ms of calls"


def test_an_alert_nobody_knows_is_named(shop: "Shop") -> None:
    with pytest.raises(WatchkeeperError, match="there is no alert 'nothing'") as told:
        shop.client.post("/alerts/nothing/acknowledge", {"by": "Ida"})
    assert told.value.status == 404


def test_the_commands_say_what_is_wrong_and_exit_so(shop: "Shop") -> None:
    def wk(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["--server", shop.client.url, *arguments])

    assert wk("alerts", "list").exit_code == 0
    shop.serves(20, ms=3500)
    shop.waits_for(lambda: shop.alerts())
    listed = wk("alerts", "list")
    assert (listed.exit_code, "shop: p95_ms of calls is 3" in listed.stdout) == (1, True)
    told = wk("health")
    assert (told.exit_code, "shop: degraded (55 of 100)" in told.stdout) == (1, True)
    assert "-15  a critical alert stands" in told.stdout
    alert_id = json.loads(wk("alerts", "list", "--json").stdout)["alerts"][0]["alert_id"]
    assert "taken on by Ida" in wk("alerts", "acknowledge", alert_id, "--by", "Ida").stdout
    assert json.loads(wk("alerts", "history", "--json").stdout)[0]["acknowledgement"]["by"] == "Ida"


def test_a_rule_run_over_the_past_says_when_it_would_have_told(shop: "Shop") -> None:
    shop.serves(20, ms=100)
    shop.clock.advance(600)
    shop.serves(20, ms=2500)
    shop.clock.advance(600)
    shop.serves(20, ms=100)

    found = shop.client.get("/rules/shop/slow/backtest", {"since": "-1h", "every_s": 60})

    told = found["result"]["told"]
    assert [(one["why"], one["band"]) for one in told] == [("fired", "breach"), ("resolved", "breach")]
    assert found["result"]["unknown"] > 0


def test_a_rule_that_watches_what_is_not_there_is_named_plainly(
    start_server: "StartServer",
) -> None:
    wrong = {"name": "odd", "workload": "shop", "figure": "mood", "below": {"warning": 1}}
    with ApiClient(
        start_server(monitoring=MonitoringSettings.model_validate({"rules": [wrong]})).address
    ) as client:
        wait_until(lambda: client.get("/rules"))
        [rule] = client.get("/rules")
        assert rule["problem"] == "workload 'shop' names no figure 'mood'"
        checked = CliRunner().invoke(app, ["--server", client.url, "rules", "check"])
        assert (checked.exit_code, "shop/odd: workload 'shop' names no figure" in checked.stdout) == (1, True)


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ({"calls": "p95_ms"}, "needs levels on one side"),
        ({"above": {"warning": 1}}, "watches nothing"),
        ({"calls": "p95_ms", "figure": "x", "above": {"warning": 1}}, "watches `calls` and `figure`"),
        ({"calls": "p95_ms", "above": {}}, "has no level"),
        ({"calls": "p95_ms", "above": {"warning": 5, "critical": 3}}, "do not get worse above"),
        ({"calls": "p96_ms", "above": {"warning": 5}}, "p95_ms"),
    ],
)
def test_a_rule_with_a_mistake_is_refused_with_its_name(rule: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        MonitoringSettings.model_validate({"rules": [{"name": "slow", **rule}]})


@pytest.mark.requirement("HE-83")
def test_levels_are_proposed_from_what_was_observed(shop: "Shop") -> None:
    for minute in range(120):
        shop.serves(5, ms=100 + minute % 60)
        shop.clock.advance(60)
    [slow, errors] = shop.client.get("/rules/suggestions", {"workload": "shop", "since": "-2h"})
    assert (slow["rule"], slow["past_now"], slow["unit"]) == ("shop/slow", 0, "ms")
    assert 100 < slow["median"] < slow["warning"] < slow["breach"] < slow["critical"] < 250
    assert (errors["warning"], errors["why"]) == (None, "the figure hardly moved")
    told = CliRunner().invoke(app, ["--server", shop.client.url, "rules", "suggest"])
    assert (told.exit_code, "shop/slow" in told.stdout) == (0, True)


@pytest.mark.requirement("FA-04", "FA-05", "FA-49")
def test_the_service_level_of_queries_is_shown_with_its_figures_and_states(open_shop: "OpenShop") -> None:
    """Defects 7 and 35: without a call all of it is no data, neither 0 nor fine, and no alert."""
    shop = open_shop(monitoring=MonitoringSettings(rule_sets=("stock-research",)), workload="stock-research")

    def readings() -> dict[str, tuple[float | None, str]]:
        [found] = shop.client.get("/health", {"workload": "stock-research"})["workloads"]
        return {one["rule"].partition("/")[2]: (one["value"], one["band"]) for one in found["readings"]}

    shop.waits_for(lambda: shop.client.get("/health")["looked_at"])
    watched = ("error-rate", "median-queries", "slow-queries", "slowest-queries")
    assert {name: readings()[name] for name in watched} == dict.fromkeys(watched, (None, "no data"))
    assert shop.alerts() == []

    shop.serves(98, ms=500)
    shop.serves(2, ms=6000, ok=False)
    shop.waits_for(lambda: readings()["error-rate"][0])
    seen = readings()
    assert seen["error-rate"] == (2.0, "warning")
    assert seen["median-queries"][1] == "normal"
    assert seen["slow-queries"][1] == "normal"
    assert seen["slowest-queries"] == (pytest.approx(6.0, rel=0.02), "warning")
    assert {one["rule"] for one in shop.alerts()} == {
        "stock-research/error-rate",
        "stock-research/slowest-queries",
    }


@pytest.mark.requirement("HE-45")
def test_every_issue_of_a_workload_names_its_metric_and_its_alert(shop: "Shop") -> None:
    shop.serves(20, ms=3500, ok=False)
    shop.waits_for(lambda: len(shop.alerts()) == 2)
    found = shop.client.get("/health", {"workload": "shop"})
    assert (found["score"], found["state"]) == (10.0, "critical")
    [workload] = found["workloads"]
    ids = {one["alert_id"] for one in shop.alerts()}
    assert {one["alert_id"] for one in workload["deductions"]} == {None, *ids}
    assert all("of calls is" in one["why"] for one in workload["deductions"])


@pytest.mark.requirement("HE-40")
def test_a_figure_alerts_on_its_bad_side_and_not_on_the_other(open_shop: "OpenShop") -> None:
    rules = [
        {"name": "slow", "workload": "shop", "calls": "p95_ms", "above": {"warning": 1000}},
        {"name": "few", "workload": "shop", "calls": "success_rate", "below": {"warning": 0.9}},
    ]
    shop = open_shop(monitoring=MonitoringSettings.model_validate({"rules": rules}))
    shop.serves(20, ms=100)
    shop.waits_for(lambda: shop.client.get("/health")["score"] == 100.0)
    assert shop.alerts() == []
    shop.serves(20, ms=5000, ok=False)
    shop.waits_for(lambda: len(shop.alerts()) == 2)


def test_a_value_of_zero_is_told_as_zero_and_an_unknown_one_as_no_data(open_shop: "OpenShop") -> None:
    """Defect 35: 0, empty and unknown are three things, in alerts as in figures."""
    rules = [
        {"name": "quiet", "workload": "shop", "calls": "requests", "below": {"warning": 1}},
        {
            "name": "silent",
            "workload": "shop",
            "calls": "p95_ms",
            "above": {"warning": 1},
            "no_data": "alert",
        },
    ]
    shop = open_shop(monitoring=MonitoringSettings.model_validate({"rules": rules}))
    shop.waits_for(lambda: len(shop.alerts()) == 2)
    by_rule = {one["rule"]: one for one in shop.alerts()}
    quiet, silent = by_rule["shop/quiet"], by_rule["shop/silent"]
    assert (quiet["value"], quiet["level"]) == (0.0, "WARNING")
    assert (silent["value"], silent["level"], silent["message"]) == (
        None,
        "INFO",
        "shop: no data for p95_ms of calls",
    )


def test_one_stock_or_the_queries_of_an_hour_that_cost_too_much_are_alerts(open_shop: "OpenShop") -> None:
    """Two of the three of FA-35: an unexpected spike is a series of `monitoring.anomalies`."""
    shop = open_shop(
        monitoring=MonitoringSettings.model_validate({"rule_sets": ["stock-research"]}),
        workload="stock-research",
    )
    for number in range(90):
        shop.serves(1, ms=500, cost_usd=Decimal("0.01"), item_id=f"stock-{number}")
    shop.waits_for(lambda: shop.client.get("/health")["score"] == 100.0)
    assert shop.alerts() == []
    shop.serves(1, ms=500, cost_usd=Decimal("0.09"), query_type="hook")
    shop.serves(1, ms=500, cost_usd=Decimal("0.41"), item_id="dear")
    shop.waits_for(lambda: len(shop.alerts()) == 2)
    assert {one["rule"].partition("/")[2] for one in shop.alerts()} == {"cost-of-a-query", "cost-of-a-stock"}


@pytest.mark.requirement("VO-38")
def test_a_line_says_how_a_workload_goes_and_what_is_wrong(shop: "Shop", tmp_path: Path) -> None:
    log = tmp_path / "data" / "logs" / "status.jsonl"

    def lines() -> list[dict[str, Any]]:
        written = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return [json.loads(line) for line in written]

    shop.waits_for(lines)
    first = lines()[0]
    assert (first["workload"], first["error_rate"], first["average_s"], first["success_rate"]) == (
        "shop",
        None,
        None,
        None,
    )
    shop.serves(20, ms=3500)
    shop.waits_for(lambda: lines()[-1]["alerts"])
    last = lines()[-1]
    assert (last["error_rate"], last["average_s"], last["success_rate"]) == (0.0, 3.5, 100.0)
    assert "p95_ms of calls is 3" in last["alerts"][0]


@pytest.mark.requirement("HE-47")
def test_the_monitor_tells_its_configuration_and_that_it_runs(shop: "Shop") -> None:
    shop.waits_for(lambda: shop.client.get("/health")["monitor"]["running"])
    found = shop.client.get("/health")["monitor"]
    assert (found["every_s"], found["rules"], found["channels"]) == (60.0, 2, 0)
    told = CliRunner().invoke(app, ["--server", shop.client.url, "health"])
    assert told.stdout.startswith("the monitor runs: 2 rules every 60 s, 0 channels; looked at ")


def test_what_watchkeeper_alerts_of_itself_says_when_it_is_told_again(open_shop: "OpenShop") -> None:
    rules = [{"name": "odd", "workload": "shop", "figure": "mood", "below": {"warning": 1}}]
    shop = open_shop(monitoring=MonitoringSettings.model_validate({"rules": rules}))
    shop.waits_for(shop.alerts)
    [alert] = shop.alerts()
    assert alert["rule"] == "watchkeeper/monitor-blind"
    assert "rule shop/odd: workload 'shop' names no figure 'mood'" in alert["message"]
    shop.waits_for(lambda: shop.alerts()[0]["repeats_at"])
