"""`wk slo` over files: criteria of coaching from coached documents, and a provider's incidents."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from watchkeeper.cli.main import app
from watchkeeper.domain.errors import InvalidInputError

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
INCIDENTS = Path(__file__).parents[3] / "shared" / "data" / "llm_incidents"


def document(days_ago: float, **told: Any) -> dict[str, Any]:
    at = (NOW - timedelta(days=days_ago)).isoformat()
    usual = {"accuracy": 0.9, "rounds": 2, "golden": True, "agreement": 0.9, "seconds": 10, "pages": 10}
    return {"at": at, **usual, **told}


def plan(documents: int, *, days_ahead: float = 10) -> list[dict[str, Any]]:
    return [{"phase": 1, "due": (NOW + timedelta(days=days_ahead)).isoformat(), "documents": documents}]


def on_time() -> dict[str, Any]:
    """Ten days, two a day, getting better with fewer rounds; the plan is met."""
    documents = [
        document(day + half, accuracy=0.95 - day / 50, rounds=1 + day // 3)
        for day in range(10)
        for half in (0.1, 0.4)
    ]
    return {
        "documents": documents,
        "plan": plan(40),
        "began_at": (NOW - timedelta(days=10)).isoformat(),
    }


def late() -> dict[str, Any]:
    """Five days of the same accuracy, more rounds each day, slow pages, twins that disagree."""
    documents = [
        document(
            day + half,
            accuracy=0.8 + day / 1000,
            rounds=9 - day,
            golden=False,
            agreement=0.5,
            seconds=60,
            critical_error="ocr_failed" if day == 0 else None,
        )
        for day in range(5)
        for half in (0.1, 0.4)
    ]
    passed = [{"phase": 0, "due": (NOW - timedelta(days=1)).isoformat(), "documents": 30}]
    return {
        "documents": documents,
        "plan": [*passed, *plan(40)],
        "began_at": (NOW - timedelta(days=5)).isoformat(),
    }


def criteria(folder: Path, history: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    file = folder / "history.json"
    file.write_text(json.dumps(history), encoding="utf-8")
    done = CliRunner().invoke(
        app,
        ["--data-dir", str(folder / "d"), "slo", "criteria", str(file), "--at", NOW.isoformat(), "--json"],
    )
    return done.exit_code, {one["row"]: one for one in json.loads(done.stdout)}


ROWS = [f"GF-{number}" for number in range(55, 69)]


@pytest.mark.requirement("GF-36", *ROWS)
def test_a_history_on_time_is_green_one_that_is_late_red_and_one_of_nothing_no_data(tmp_path: Path) -> None:
    code, good = criteria(tmp_path, on_time())
    assert {row: good[row]["state"] for row in ROWS} == dict.fromkeys(ROWS, "green")
    assert code == 0
    assert len(good["GF-55"]["series"]) == 10, "a figure a day"

    code, bad = criteria(tmp_path, late())
    assert {row: bad[row]["state"] for row in ROWS} == dict.fromkeys(ROWS, "red")
    assert code == 1
    assert "2026-03-08" in bad["GF-62"]["why"], "the plateau names its days"
    assert "ocr_failed 2 times" in bad["GF-67"]["why"]
    assert "short" in bad["GF-68"]["why"]
    assert "phase 0 had" in bad["GF-61"]["why"]

    code, nothing = criteria(tmp_path, {})
    assert {row: nothing[row]["state"] for row in ROWS} == dict.fromkeys(ROWS, "no data")
    assert code == 0


def test_a_history_without_a_plan_knows_nothing_of_schedules(tmp_path: Path) -> None:
    _, found = criteria(tmp_path, {**on_time(), "plan": []})
    assert (found["GF-61"]["state"], found["GF-68"]["state"]) == ("no data", "no data")


@pytest.mark.requirement("GF-65", "GF-66", "GF-63")
@pytest.mark.parametrize(
    ("told", "row", "state"),
    [
        ({"agreement": 0.80}, "GF-65", "green"),
        ({"agreement": 0.79}, "GF-65", "watch"),
        ({"agreement": 0.61}, "GF-65", "watch"),
        ({"agreement": 0.59}, "GF-65", "red"),
        ({"seconds": 19.9}, "GF-66", "green"),
        ({"seconds": 20.0}, "GF-66", "watch"),
        ({"seconds": 50.0}, "GF-66", "watch"),
        ({"seconds": 50.1}, "GF-66", "red"),
    ],
)
def test_the_band_between_fine_and_step_in_is_watch(
    tmp_path: Path, told: dict[str, Any], row: str, state: str
) -> None:
    _, found = criteria(tmp_path, {"documents": [document(0.5, **told)]})
    assert found[row]["state"] == state


@pytest.mark.parametrize(("days", "state"), [(0.9, "green"), (1.1, "watch"), (2.1, "red")])
def test_the_last_golden_example_ages_from_green_over_watch_to_red(
    tmp_path: Path, days: float, state: str
) -> None:
    _, found = criteria(tmp_path, {"documents": [document(days)]})
    assert found["GF-63"]["state"] == state


def test_a_history_with_a_mistake_is_named(tmp_path: Path) -> None:
    file = tmp_path / "history.json"
    file.write_text('{"documents": [{"at": "yesterday", "rounds": 1, "seconds": 1, "pages": 1}]}')
    done = CliRunner().invoke(app, ["--data-dir", str(tmp_path / "d"), "slo", "criteria", str(file)])
    assert isinstance(done.exception, InvalidInputError)
    assert "documents.0.at" in str(done.exception)


def incidents(folder: Path, *arguments: str) -> dict[str, Any]:
    done = CliRunner().invoke(
        app, ["--data-dir", str(folder / "d"), "slo", "incidents", *arguments, "--json"]
    )
    assert done.exit_code == 0, done.exception
    return {one["service"]: one for one in json.loads(done.stdout)}


def test_recovery_is_from_the_first_stage_told_and_disorder_is_left_out(tmp_path: Path) -> None:
    head = (
        "incident_id,chat,api,investigating_timestamp,identified_timestamp,monitoring_timestamp,"
        "resolved_timestamp,start_timestamp"
    )
    rows = [
        "a,1,0,2026-01-01 00:00:00,,2026-01-01 01:00:00,2026-01-01 02:00:00,2026-01-01 00:00:00",
        "b,1,0,,2026-01-03 00:00:00,,2026-01-03 04:00:00,2026-01-03 00:00:00",
        "c,1,0,2026-01-09 05:00:00,2026-01-09 01:00:00,,2026-01-09 06:00:00,2026-01-09 00:00:00",
        "d,1,0,,,,2026-01-05 00:00:00,2026-01-05 00:00:00",
    ]
    stages, outages = tmp_path / "stages.csv", tmp_path / "outages.csv"
    stages.write_text("\n".join([head, *rows]), encoding="utf-8")
    outages.write_text(
        "Date,Service,scaled_total_outage_minutes\n2026-01-01,chat,0\n2026-01-02,chat,144\n", encoding="utf-8"
    )
    found = incidents(tmp_path, str(stages), "--outages", str(outages))
    chat = found["chat"]
    assert (chat["incidents"], chat["out_of_order"], chat["mttr_h"], chat["mtbf_days"]) == (3, 1, 3.0, 2.0)
    assert chat["availability"] == pytest.approx(0.95)
    assert (found["api"]["mttr_h"], found["api"]["availability"]) == (None, None)


@pytest.mark.skipif(not INCIDENTS.exists(), reason="the shared incidents are not there")
def test_the_incidents_of_two_providers_come_out_as_published(tmp_path: Path) -> None:
    """Figures of the data's own page, for the part that is given; all 542 give the paper's table."""
    found = incidents(
        tmp_path, str(INCIDENTS / "incident_stages.csv"), "--outages", str(INCIDENTS / "outage_daily.csv")
    )
    told = {
        name: (
            one["incidents"],
            round(one["mttr_h"], 2),
            round(one["mtbf_days"], 2),
            round(100 * one["availability"], 2),
        )
        for name, one in found.items()
    }
    assert told == {
        "API": (169, 2.39, 6.52, 99.82),
        "ChatGPT": (73, 3.29, 5.26, 99.69),
        "Labs": (28, 3.29, 13.78, 99.68),
        "Playground": (26, 3.22, 42.51, 99.94),
        "api.anthropic.com": (17, 1.90, 13.00, 100.00),
        "claude.ai": (20, 1.70, 11.78, 100.00),
        "console.anthropic.com": (16, 1.78, 14.92, 100.00),
        "Character.AI": (17, 2.55, 5.95, 99.54),
    }
