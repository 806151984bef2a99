"""An objective's budget burns, its rules fire by both windows, and end when the burning ends."""

from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.cli.main import app

if TYPE_CHECKING:
    from conftest import OpenShop, Shop

SLOS = MonitoringSettings.model_validate(
    {
        "slos": [
            {"name": "answers", "workload": "shop", "good": "99 %"},
            {"name": "fast", "workload": "shop", "good": 0.9, "within": "1 s"},
        ]
    }
)


@pytest.fixture
def shop(open_shop: "OpenShop") -> "Shop":
    return open_shop(monitoring=SLOS)


def budget(shop: "Shop", name: str) -> dict[str, Any]:
    found: dict[str, Any] = shop.client.get(f"/slos/shop/{name}")
    return found


def test_a_budget_without_calls_is_no_data_and_alarms_nobody(shop: "Shop") -> None:
    found = budget(shop, "answers")
    assert (found["budget"]["state"], found["budget"]["left"]) == ("no data", None)
    assert [one["band"] for one in found["burns"]] == ["no data"] * 4
    told = CliRunner().invoke(app, ["--server", shop.client.url, "slo", "list"])
    assert (told.exit_code, "no data" in told.stdout) == (0, True)


def test_an_outage_fires_the_fast_burn_and_its_end_ends_it_within_the_short_window(shop: "Shop") -> None:
    for _ in range(60):
        shop.serves(10, ms=100)
        shop.clock.advance(60)
    for _ in range(10):
        shop.serves(10, ms=100, ok=False)
        shop.clock.advance(60)
    shop.waits_for(lambda: [one for one in shop.alerts() if one["rule"].endswith("burn-14.4")])
    [alert] = [one for one in shop.alerts() if one["rule"] == "shop/slo-answers-burn-14.4"]
    assert (alert["level"], alert["severity"], alert["threshold"]) == ("CRITICAL", "P1", 14.4)
    found = budget(shop, "answers")
    assert found["budget"]["state"] == "spent"
    assert found["budget"]["left"] == pytest.approx(1 - (100 / 700) / 0.01)
    shown = CliRunner().invoke(app, ["--server", shop.client.url, "slo", "show", "shop/answers"])
    assert (shown.exit_code, "14.4 times" in shown.stdout) == (1, True)

    for _ in range(6):
        shop.serves(10, ms=100)
        shop.clock.advance(60)
    shop.waits_for(lambda: not [one for one in shop.alerts() if one["rule"] == "shop/slo-answers-burn-14.4"])


def test_one_failure_among_few_calls_says_nothing(shop: "Shop") -> None:
    shop.serves(1, ms=100, ok=False)
    burns = budget(shop, "answers")["burns"]
    assert [one["burn"] for one in burns] == [None] * 4


def test_calls_that_take_too_long_are_bad_too(shop: "Shop") -> None:
    shop.serves(80, ms=100)
    shop.serves(20, ms=1500)
    found = budget(shop, "fast")
    assert found["budget"]["bad"] == pytest.approx(20)
    assert found["burns"][0]["burn"] == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"good": "100 %"}, "leaves no budget"),
        ({"good": "99 ms"}, "'ms' .time. is compared with 'share'"),
        ({"good": "99 %", "within": "2 USD"}, "'USD' .money. is compared with 'ms'"),
    ],
)
def test_an_objective_that_cannot_be_is_refused_with_its_name(said: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        MonitoringSettings.model_validate({"slos": [{"name": "it", **said}]})
