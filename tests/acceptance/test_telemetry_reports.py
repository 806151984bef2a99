"""Telemetry end to end: an application tells of its queries and calls, and the commands report them."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.domain.errors import UnavailableError

if TYPE_CHECKING:
    from conftest import Installation

pytestmark = pytest.mark.slow


@pytest.fixture
def running(wk: "Installation") -> Iterator["Installation"]:
    """An installation with everything up."""
    wk.settings("timezone: Europe/Stockholm\n")
    with wk.all_up():
        wk.until(lambda: ready(wk))
        yield wk


def ready(wk: "Installation") -> bool:
    """Whether the server and its ingest process take records: one of another workload."""
    with wk.api() as api:
        try:
            api.post("/queries", query(0, workload="first"))
        except UnavailableError:
            return False
    return True


def query(number: int, **more: Any) -> dict[str, Any]:
    return {
        "query_id": f"q{number}",
        "workload": "team-assistant",
        "latency_ms": 2000.0,
        "used_history": number % 8 == 0,
        "used_tools": number % 3 == 0,
        "trace_id": f"{number + 1:032x}",
        **more,
    }


@pytest.mark.requirement("W4-02")
@pytest.mark.requirement("W4-05")
def test_served_queries_are_reported_and_the_report_writes_none(running: "Installation") -> None:
    """Defect 26: running the report twice leaves the records as they were."""
    with running.api() as api:
        api.post(
            "/queries", [query(number, error="timeout" if number == 5 else None) for number in range(40)]
        )
        api.post("/queries", [query(number) for number in range(3)])  # the same again, as a sender may
        running.until(
            lambda: len(api.get("/queries", {"limit": 100, "workload": "team-assistant"})["rows"]) == 40
        )
        before = api.get("/queries", {"limit": 100, "workload": "team-assistant"})["rows"]
        shown = running.run("stats", "--workload", "team-assistant").stdout
        report = running.json("stats", "--workload", "team-assistant")
        assert api.get("/queries", {"limit": 100, "workload": "team-assistant"})["rows"] == before
    assert (report["days"][0]["queries"], report["days"][0]["error_rate"]) == (40, 0.025)
    assert sum(one["queries"] for one in report["distribution"]["categories"]) == 40
    assert sum(one["share"] for one in report["distribution"]["categories"]) == pytest.approx(1)
    assert "2.50 %" in shown and "response time" in shown
    assert running.json("calls", "list")["calls"] == []


@pytest.mark.requirement("FA-39")
@pytest.mark.requirement("GF-34")
def test_calls_of_a_run_are_listed_added_up_and_priced(running: "Installation", report: Any) -> None:
    running.run("run", "annual-reports", report, "--output", "out.jsonl")
    receipts = running.receipts()
    running.until(lambda: len(running.json("calls", "list", "--limit", "1000")["calls"]) == len(receipts))
    by_agent = running.json("cost", "by", "agent")
    assert by_agent["total"]["calls"] == len(receipts)
    assert (by_agent["total"]["cost_usd"], by_agent["total"]["unknown_calls"]) == ("0", 0)
    unit = running.json("cost", "by", "unit")["units"][0]
    assert (unit["unit"], unit["units"], unit["usd_per_unit"]) == ("document", 1, "0")
    with running.api() as api:
        minutes = api.get("/figures", {"step": "minute", "since": "-1h", "workload": "annual-reports"})
    assert sum(row["calls"] for row in minutes["rows"]) == len(receipts)
    assert len(minutes["rows"]) in {60, 61}
    trace_id = next(iter(receipts.values()))["trace_id"]
    assert running.json("traces", "show", trace_id)["spans"] == len(receipts)
    assert running.json("telemetry", "verify")["equal"]
    assert running.json("telemetry", "rebuild")["equal"]
