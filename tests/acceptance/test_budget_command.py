"""Budgets as an operator has them: entered, watched, refused at 100 %, opened again by a person."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Installation

pytestmark = pytest.mark.slow

SETTINGS = """
timezone: Europe/Stockholm
budgets:
  - {name: total, limit_usd: "2000"}
  - {name: batch, workload: annual-reports, limit_usd: "1200"}
  - {name: interactive, route: ask, limit_usd: "600"}
  - {name: infrastructure, entered_only: true, limit_usd: "200"}
"""


@pytest.mark.requirement("FA-60")
def test_at_100_percent_the_next_batch_refuses_until_a_person_opens_it(
    wk: "Installation", report: Path
) -> None:
    """Defect 24: at 99.9 % nothing is refused."""
    wk.settings(SETTINGS)
    wk.json("budget", "enter", "total", "--usd", "1998", "--what", "invoices", "--by", "Ada Berg")
    wk.json("run", "annual-reports", report)
    wk.json("budget", "enter", "total", "--usd", "2", "--what", "invoices")

    refused = wk.run("run", "annual-reports", report, "--output", "second.jsonl")

    assert refused.returncode == 1
    assert (
        "no batch item starts: budget 'total' (total) has spent 2000 of 2000 USD this month" in refused.stderr
    )
    assert "begins anew at" in refused.stderr
    assert not (wk.folder / "second.jsonl").exists()
    told = json.loads(wk.run("run", "annual-reports", report, "--json").stderr)["error"]
    assert told["code"] == "budget_spent"

    assert wk.run("budget", "enable", "total", "--reason", "due").returncode == 2
    opened = wk.json("budget", "enable", "total", "--by", "Ada Berg", "--reason", "the report is due")
    assert [(act["by"], act["reason"]) for act in opened["audit"]] == [("Ada Berg", "the report is due")]
    wk.json("run", "annual-reports", report, "--output", "second.jsonl")
    assert "by Ada Berg: the report is due" in wk.run("budget", "show", "total").stdout


@pytest.mark.requirement("FA-56")
def test_the_lines_of_a_month_tell_limit_spent_left_and_forecast(budget_office: "Installation") -> None:
    budget_office.json("budget", "enter", "infrastructure", "--usd", "150", "--what", "infrastructure")
    budget_office.json("budget", "enter", "infrastructure", "--usd", "10", "--what", "infrastructure")
    lines = {one["name"]: one for one in budget_office.json("budget", "list")}
    assert {
        name: [Decimal(one[key]) for key in ("limit_usd", "spent_usd", "left_usd")]
        for name, one in lines.items()
    } == {
        "total": [2000, 160, 1840],
        "batch": [1200, 0, 1200],
        "interactive": [600, 0, 600],
        "infrastructure": [200, 160, 40],
    }
    shown = budget_office.run("budget", "list").stdout
    assert "workload annual-reports" in shown
    assert "forecast" in shown

    with budget_office.api() as api:
        events = api.get("/budgets/events", {"since": "2020-01-01T00:00:00Z"})
    assert [(one["budget"], Decimal(one["percent"])) for one in events] == [
        ("infrastructure", 50),
        ("infrastructure", 75),
    ]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["show", "nope"], "there is no budget 'nope'"),
        (["enter", "total", "--usd", "much", "--what", "x"], "'much' is no amount"),
        (["enter", "total", "--usd", "0", "--what", "x"], "no amount that can be entered"),
        (["enter", "total", "--usd", "1", "--what", " "], "not said what it is for"),
        (["enable", "total", "--by", "Ada", "--reason", "x"], "refuses nothing"),
    ],
)
def test_what_cannot_be_done_is_told_in_a_sentence(
    budget_office: "Installation", arguments: list[str], told: str
) -> None:
    done = budget_office.run("budget", *arguments)
    assert done.returncode in {1, 2}
    assert told in done.stderr


@pytest.fixture(scope="module")
def budget_office(
    tmp_path_factory: pytest.TempPathFactory, office: "Installation"
) -> Iterator["Installation"]:
    """An installation with budgets, shared by the tests that need no other sums."""
    made = type(office)(tmp_path_factory.mktemp("budget-office"))
    made.settings(SETTINGS)
    yield made
    made.run("down")
