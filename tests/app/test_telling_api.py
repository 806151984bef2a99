"""From a slow call to a person over the API and the command line: silences, on call, letters, budgets."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_budgets import BudgetSettings
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.app.settings_notification import NotificationSettings
from watchkeeper.app.settings_oncall import OnCallSettings
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.testing.webhook import Webhook

if TYPE_CHECKING:
    from conftest import OpenShop, Shop


def told(shop: "Shop", **asked: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = shop.client.get("/notifications", asked)
    return found


def wk(shop: "Shop", *arguments: str) -> Any:
    return CliRunner().invoke(app, ["--server", shop.client.url, *arguments])


@pytest.fixture(scope="module")
def hook() -> Iterator[Webhook]:
    with Webhook() as made:
        yield made


@pytest.fixture
def shop(hook: Webhook, open_shop: "OpenShop") -> "Shop":
    """A shop with a chat, a mailbox and pagers, all of them one webhook."""
    hook.taken.clear()
    ways = ("mail", "chat", "pager-ida", "pager-jonas", "telephone")
    return open_shop(
        notification=NotificationSettings.model_validate(
            {
                "channels": {name: {"url": hook.url} for name in ways},
                "routes": [
                    {"channels": ["mail"], "severities": ["P4"]},
                    {"channels": ["chat"], "severities": ["P1", "P2", "P3"]},
                ],
            }
        ),
        oncall=OnCallSettings.model_validate(
            {
                "people": ["ida", "jonas"],
                "contacts": {
                    "ida": {"channels": ["pager-ida"]},
                    "jonas": {"channels": ["pager-jonas"]},
                    "engineering-manager": {"channels": ["telephone"]},
                    "vp": {"channels": ["telephone"]},
                },
            }
        ),
        budgets=(BudgetSettings.model_validate({"name": "all", "limit_usd": "2000"}),),
    )


@pytest.mark.requirement("HE-34", "HE-54", "HE-50")
def test_an_alert_that_goes_on_is_told_again_when_its_list_says_and_not_before(shop: "Shop") -> None:
    shop.serves(20, ms=1900)
    shop.waits_for(lambda: told(shop))
    [alert] = shop.alerts()
    assert (datetime.fromisoformat(alert["repeats_at"]) - shop.clock.now()).total_seconds() == 900
    [letter] = told(shop)
    assert (letter["channel"], letter["why"], letter["colour"]) == ("chat", "fired", "warning")
    # A rise in level is not held back.
    shop.serves(40, ms=3500)
    shop.waits_for(lambda: [one for one in told(shop) if one["why"] == "raised"])
    assert "raised" in {one["why"] for one in told(shop, channel="chat")}


def test_a_silence_is_kept_with_its_author_and_its_alert_is_recorded(shop: "Shop") -> None:
    added = wk(shop, "silences", "add", "workload=shop", "--for", "2h", "--reason", "we know", "--by", "Ida")
    assert added.exit_code == 0, added.output
    shop.serves(20, ms=1900)
    shop.waits_for(shop.alerts)
    [alert] = shop.alerts()
    [silence] = json.loads(wk(shop, "silences", "list", "--json").stdout)
    assert alert["muted"] == f"silence {silence['id']} by Ida: we know"
    assert told(shop) == []
    ended = json.loads(wk(shop, "silences", "end", silence["id"], "--by", "Jonas", "--json").stdout)
    assert (ended["state"], ended["by"], ended["ended_by"]) == ("over", "Ida", "Jonas")
    shop.waits_for(lambda: told(shop))
    again = wk(shop, "silences", "end", silence["id"], "--by", "Jonas")
    assert "is over" in str(again.exception)


def test_planned_maintenance_holds_for_its_workload_and_its_time(shop: "Shop") -> None:
    begins = shop.clock.now().isoformat()
    done = wk(
        shop, "maintenance", "plan", "shop", "--begins", begins, "--for", "30m", "--reason", "new disks"
    )
    assert done.exit_code == 0, done.output
    shop.serves(20, ms=3500)
    shop.waits_for(shop.alerts)
    assert shop.alerts()[0]["muted"].endswith("new disks")
    assert "new disks" in wk(shop, "maintenance", "list").stdout
    shop.clock.advance(1801)
    shop.serves(20, ms=3500)
    shop.waits_for(lambda: told(shop))


def test_maintenance_that_comes_again_holds_and_says_when_it_comes_next(open_shop: "OpenShop") -> None:
    planned = {
        "name": "backups",
        "workload": "sh*",
        "begins": "02:00",
        "ends": "04:00",
        "reason": "new disks",
    }
    zone = {"timezone": "Europe/Stockholm"}
    slow = {"name": "slow", "workload": "shop", "calls": "p95_ms", "above": {"critical": 3000}}
    shop = open_shop(
        MonitoringSettings.model_validate({"rules": [slow], "maintenance": [{**planned, **zone}]})
    )
    [told_of] = shop.client.get("/maintenance/recurring")
    begins = datetime.fromisoformat(told_of["begins_at"])
    assert (begins.astimezone(ZoneInfo("Europe/Stockholm")).hour, told_of["state"]) == (2, "planned")
    shop.clock.advance((begins - shop.clock.now()).total_seconds())
    shop.serves(20, ms=3500)
    shop.waits_for(shop.alerts)
    [alert] = shop.alerts()
    assert alert["muted"].startswith("maintenance backups@")
    assert alert["muted"].endswith("by the settings: new disks")
    listed = wk(shop, "maintenance", "recurring")
    assert (listed.exit_code, "every day 02:00 to 04:00 Europe/Stockholm" in listed.stdout) == (0, True)
    assert "active" in listed.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["silences", "add", "workload", "--for", "2h", "--reason", "x"], "is no pattern"),
        (["silences", "add", "colour=red", "--for", "2h", "--reason", "x"], "an alert has no 'colour'"),
        (["silences", "add", "workload=shop", "--for", "2 hours", "--reason", "x"], "is no length of time"),
        (["silences", "add", "workload=shop", "--reason", "x"], "how long it lasts is to be said once"),
        (
            ["silences", "add", "workload=shop", "--until", "2020-01-01T00:00Z", "--reason", "x"],
            "is over already",
        ),
        (["silences", "end", "nothing"], "there is no silence 'nothing'"),
        (["oncall", "override", "robin", "--for", "1h", "--reason", "x"], "'robin' cannot be reached"),
        (["alerts", "try", "fax"], "there is no channel 'fax'"),
    ],
)
def test_what_cannot_be_done_is_said_plainly(shop: "Shop", arguments: list[str], said: str) -> None:
    done = wk(shop, *arguments)
    assert isinstance(done.exception, WatchkeeperError)
    assert said in done.exception.message


@pytest.mark.requirement("FA-64")
def test_who_is_on_call_now_and_next_and_who_stands_in(shop: "Shop") -> None:
    found = shop.client.get("/oncall", {"at": "2026-11-25T12:00:00+00:00"})
    assert (found["now"]["primary"], found["next"]["primary"]) == ("jonas", "ida")
    assert [step["person"] for step in found["steps"]] == ["jonas", "ida", "engineering-manager", "vp"]
    shown = wk(shop, "oncall", "show", "--at", "2026-12-02T12:00:00+00:00")
    assert shown.stdout.startswith("now: ida, then jonas; from 2026-11-30")
    stands_in = wk(shop, "oncall", "override", "vp", "--for", "1h", "--reason", "ill", "--by", "Ida")
    assert stands_in.exit_code == 0, stands_in.output
    assert "now: vp" in wk(shop, "oncall", "show").stdout


def test_that_nobody_takes_turns_is_an_answer_and_no_failure(open_shop: "OpenShop") -> None:
    shop = open_shop()
    for question in ("show", "next"):
        said = wk(shop, "oncall", question)
        assert (said.exit_code, "nobody takes turns" in said.stdout) == (0, True)


@pytest.mark.requirement("FA-66")
def test_the_timeline_says_who_was_paged_when(shop: "Shop", hook: Webhook) -> None:
    shop.serves(20, ms=3500)
    shop.waits_for(shop.alerts)
    [alert] = shop.alerts()
    assert alert["next_page"]["to"] == "primary"
    begun = shop.clock.now()
    for minutes in (15, 30, 60, 120):
        shop.clock.advance(minutes * 60 - (shop.clock.now() - begun).total_seconds())
        shop.serves(20, ms=3500)
        paged = {15: 1, 30: 2, 60: 3, 120: 4}[minutes]
        shop.waits_for(lambda: len(pages(shop)) >= paged)  # noqa: B023 - waited for within the turn
    assert [(minute, who) for minute, who in pages(shop)] == [
        (15, pages(shop)[0][1]),
        (30, "jonas" if pages(shop)[0][1] == "ida" else "ida"),
        (60, "engineering-manager"),
        (120, "vp"),
    ]
    shop.waits_for(lambda: any(one["title"].startswith("ESCALATED") for one in hook.taken))


def pages(shop: "Shop") -> list[tuple[int, str]]:
    escalated = [one for one in told(shop) if one["why"] == "escalated"]
    first = min((one["created_at"] for one in told(shop)), default="")
    return sorted(
        (
            round(
                (datetime.fromisoformat(one["created_at"]) - datetime.fromisoformat(first)).total_seconds()
                / 60
            ),
            one["recipient"],
        )
        for one in escalated
    )


@pytest.mark.requirement("FA-57", "FA-58", "FA-59")
def test_each_level_of_a_budget_is_told_once_over_its_way(shop: "Shop") -> None:
    def spends(usd: str, entry: str) -> None:
        shop.client.post(
            "/budgets/all/entries", {"usd": usd, "what": "calls", "entry_id": entry, "by": "Ida"}
        )

    spends("1000", "a" * 32)
    shop.waits_for(lambda: len(told(shop)) == 1)
    assert [(one["channel"], "50.00 %" in one["subject"]) for one in told(shop)] == [("mail", True)]
    spends("500", "b" * 32)
    shop.waits_for(lambda: len(told(shop)) == 2)
    spends("300", "c" * 32)
    shop.waits_for(lambda: any(one["channel"].startswith("pager") for one in told(shop)))
    shop.clock.advance(3600)
    shop.waits_for(lambda: len(pages(shop)) >= 3)
    kept = [one for one in told(shop, hours=48) if one["why"] != "escalated"]
    by_channel = sorted(one["channel"].partition("-")[0] for one in kept)
    # 75 % by chat; at 90 % a page, and the chat hears of it too; nothing is told twice.
    assert by_channel == ["chat", "chat", "mail", "pager"]
    alert = next(one for one in shop.alerts() if "-90-" in one["rule"])
    assert alert["repeats_at"] is None
    taken_on = wk(shop, "alerts", "acknowledge", alert["alert_id"], "--by", "Ida")
    assert "taken on by Ida" in taken_on.stdout
    assert shop.client.get(f"/alerts/{alert['alert_id']}")["next_page"] is None


def test_a_channel_is_tried_and_its_letter_is_in_the_history(shop: "Shop", hook: Webhook) -> None:
    assert wk(shop, "alerts", "try", "chat", "--by", "Ida").exit_code == 0
    shop.waits_for(lambda: hook.taken)
    shop.waits_for(lambda: told(shop)[0]["state"] == "delivered")
    assert "Watchkeeper tries channel chat" in wk(shop, "alerts", "sent").stdout
    channels = wk(shop, "alerts", "channels")
    assert (channels.exit_code, hook.url in channels.stdout) == (0, False)


@pytest.mark.requirement("HE-35")
def test_a_channel_that_fails_stops_no_other_and_says_so(open_shop: "OpenShop") -> None:
    with Webhook() as chat, Webhook() as pager:
        chat.status = 500
        channels = {"chat": {"url": chat.url}, "pager": {"url": pager.url}}
        shop = open_shop(notification=NotificationSettings.model_validate({"channels": channels}))
        shop.serves(20, ms=3500)
        shop.waits_for(lambda: pager.taken and chat.asked)

        def failing() -> dict[str, int]:
            return {one["channel"]: one["failing"] for one in json.loads(shown().stdout)}

        def shown() -> Any:
            return wk(shop, "alerts", "channels", "--json")

        shop.waits_for(lambda: failing()["chat"])
        assert (failing()["pager"], shown().exit_code) == (0, 1)
        shop.waits_for(
            lambda: (
                {"pager": "delivered", "chat": "waiting"}.items()
                == {one["channel"]: one["state"] for one in told(shop)}.items()
            )
        )


@pytest.mark.requirement("HE-57")
def test_the_last_24_hours_are_counted_by_the_hour_and_severity(shop: "Shop") -> None:
    shop.serves(20, ms=3500)
    shop.waits_for(shop.alerts)
    hours = shop.client.get("/alerts/trend")
    assert len(hours) == 24
    assert (hours[-1]["fired"]["P1"], hours[-1]["stood"], hours[0]["stood"]) == (1, 1, 0)


@pytest.mark.requirement("HE-59")
def test_one_call_returns_timestamp_metrics_alerts_and_health(shop: "Shop") -> None:
    shop.serves(20, ms=3500)
    shop.waits_for(shop.alerts)
    found = shop.client.get("/dashboard", {"workload": "shop"})
    assert set(found) >= {"timestamp", "metrics", "alerts", "system_health"}
    assert found["alerts"]["active"]["critical"] == 1
    assert found["system_health"]["state"] == "degraded"


@pytest.mark.requirement("VO-42")
def test_the_paths_that_scripts_read_are_there_and_unknown_is_null(shop: "Shop") -> None:
    """Defect 20: a window without calls is no data, never 0 or 100."""
    silent = json.loads(wk(shop, "status", "--workload", "shop", "--json").stdout)["metrics"]
    assert silent["errors"]["error_rate"] is None
    assert silent["response_times"]["avg"] is None
    assert silent["requests"]["success_rate"] is None
    assert silent["models"] is None
    shop.serves(3, ms=2000)
    shop.serves(1, ms=2000, ok=False)
    found = json.loads(wk(shop, "status", "--workload", "shop", "--json").stdout)["metrics"]
    assert found["errors"]["error_rate"] == 25.0
    assert found["response_times"]["avg"] == 2.0
    assert found["requests"]["success_rate"] == 75.0


def test_only_the_alerts_are_said_and_the_command_exits_so(shop: "Shop") -> None:
    assert wk(shop, "status", "--workload", "shop", "--alerts-only").stdout == "no alert is active\n"
    shop.serves(20, ms=3500)
    shop.waits_for(shop.alerts)
    done = wk(shop, "status", "--workload", "shop", "--alerts-only")
    assert (done.exit_code, done.stdout.startswith("P1 CRITICAL firing since ")) == (1, True)


def test_a_settings_file_whose_channels_lead_nowhere_is_refused() -> None:
    with pytest.raises(ValidationError, match="names channel 'fax', which there is not"):
        Settings.model_validate({"oncall": {"contacts": {"ida": {"channels": ["fax"]}}}})
    with pytest.raises(ValidationError, match="a route leads to channel 'fax'"):
        Settings.model_validate({"notification": {"routes": [{"channels": ["fax"]}]}})
    with pytest.raises(ValidationError, match="takes turns and cannot be reached"):
        Settings.model_validate({"oncall": {"people": ["ida"]}})
    with pytest.raises(ValidationError, match="the template cannot be read"):
        NotificationSettings.model_validate({"channels": {"a": {"url": "json://x", "body": "{{ oh"}}})
    with pytest.raises(ValidationError, match="no address of apprise"):
        NotificationSettings.model_validate({"channels": {"a": {"url": "example.org"}}})


def test_a_channels_address_is_masked_wherever_settings_are_shown() -> None:
    said = {"notification": {"channels": {"chat": {"url": "slack://secret-token/x"}}}}
    settings = Settings.model_validate(said)
    assert "secret-token" not in repr(settings)
    assert "secret-token" not in settings.model_dump_json()
