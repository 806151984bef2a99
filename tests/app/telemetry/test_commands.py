"""The commands that ask telemetry, against a real server: tables, JSON that keeps its schema, and CSV."""

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from typer.testing import CliRunner, Result

from watchkeeper.cli.main import app
from watchkeeper.cli.schemas import schema_of
from watchkeeper.domain.errors import InvalidInputError, NotFoundError
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.content_ports import Piece
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.testing.model_call import model_call

if TYPE_CHECKING:
    from conftest import Office

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TRACE = "a" * 32


def call(number: int, ago: timedelta = MINUTE, **columns: Any) -> Span:
    return model_call(number, NOON - ago, **columns)


@dataclass
class Terminal:
    """A person at a terminal."""

    office: "Office"
    folder: Path

    def run(self, *arguments: str) -> Result:
        before = ["--data-dir", str(self.folder), "--server", self.office.handle.address]
        return CliRunner().invoke(app, [*before, *arguments])

    def says(self, *arguments: str, exits: int = 0) -> str:
        done = self.run(*arguments)
        assert done.exit_code == exits, (done.output, done.exception)
        return done.stdout

    def json(self, *arguments: str, exits: int = 0, words: int = 2) -> Any:
        """The JSON a command prints, which is of the form `wk schema` tells."""
        found = json.loads(self.says(*arguments, "--json", exits=exits))
        jsonschema.validate(found, schema_of(" ".join(arguments[:words])))
        return found


@pytest.fixture
def terminal(office: "Office", tmp_path: Path) -> Terminal:
    return Terminal(office, tmp_path)


def test_steps_of_applications_are_listed_only_when_asked_for(terminal: Terminal) -> None:
    terminal.office.hears(call(1), call(2, 2 * MINUTE, operation="retrieve", component="index"))

    def listed(*arguments: str) -> list[str]:
        return [one["span_id"][-1] for one in terminal.json("calls", "list", *arguments)["calls"]]

    assert listed() == ["1"]
    assert listed("--steps") == ["1", "2"]
    assert listed("--component", "index") == ["2"]


def test_calls_are_listed_with_filters_and_page_by_page(terminal: Terminal) -> None:
    terminal.office.hears(
        call(1, model="small", prompt_preview="What is\na margin?"),
        call(2, 2 * MINUTE, ok=False, error_code="timeout", cost_usd=None),
        call(3, 3 * MINUTE, cached=True),
    )
    shown = terminal.says("calls", "list")
    assert "What is a margin?" in shown and "failed: timeout" in shown and "ok, cached" in shown
    assert [one["span_id"][-1] for one in terminal.json("calls", "list")["calls"]] == ["1", "2", "3"]
    assert [one["span_id"][-1] for one in terminal.json("calls", "list", "--failed")["calls"]] == ["2"]
    assert [one["model"] for one in terminal.json("calls", "list", "--model", "small")["calls"]] == ["small"]
    first = terminal.json("calls", "list", "--limit", "2")
    assert f"--after {first['next']}" in terminal.says("calls", "list", "--limit", "2")
    rest = terminal.json("calls", "list", "--limit", "2", "--after", first["next"])
    assert [one["span_id"][-1] for one in rest["calls"]] == ["3"]
    assert "no calls (2026-11-2" in terminal.says("calls", "list", "--model", "none")
    assert isinstance(terminal.run("calls", "list", "--since", "noon").exception, InvalidInputError)


def test_calls_are_found_by_what_was_said_and_shown_whole(terminal: Terminal) -> None:
    content = terminal.office.services.content
    (asked,) = content.put_many(
        [Piece("stock-research", b"What is the Net Debt?", "text/plain", ns_of(NOON - MINUTE))]
    )
    terminal.office.hears(call(1, prompt_sha256=asked), call(2))
    assert "Net Debt" in terminal.says("calls", "search", '"net debt"')
    (found,) = terminal.json("calls", "search", "debt")["calls"]
    detail = terminal.json("calls", "show", found["trace_id"], found["span_id"])
    assert detail["prompt"]["text"] == "What is the Net Debt?"
    assert "What is the Net Debt?" in terminal.says("calls", "show", found["trace_id"], found["span_id"])
    assert isinstance(terminal.run("calls", "show", "b" * 32, "1").exception, NotFoundError)


@pytest.mark.requirement("FA-74")
def test_a_trace_is_drawn_as_a_tree_with_tokens_and_cost_of_every_step(terminal: Terminal) -> None:
    root = f"{1:016x}"
    terminal.office.hears(
        call(
            1,
            trace_id=TRACE,
            name="answer",
            operation="workflow",
            ms=1000,
            input_tokens=None,
            output_tokens=None,
        ),
        call(2, trace_id=TRACE, parent_span_id=root, name="chat large", ms=400),
        call(3, trace_id=TRACE, parent_span_id=root, name="check", ms=200, ok=False, error_code="timeout"),
        call(4, trace_id=TRACE, parent_span_id=f"{9:016x}", name="orphan"),
    )
    drawn = terminal.says("traces", "show", TRACE, exits=1)
    steps = [line.split("  ")[0].strip() for line in drawn.splitlines()[4:]]
    assert [one for one in steps if one][2:] == [
        "answer",
        "├─ chat large",
        "└─ check",
        f"(missing) {9:016x}",
        "└─ orphan",
    ]
    assert "100 → 10" in drawn and "FAILED timeout" in drawn and "0.03 USD" in drawn
    assert terminal.json("traces", "show", TRACE, exits=1)["missing_parents"] == 1


def test_metrics_are_listed_and_shown_beside_the_period_before(terminal: Terminal) -> None:
    assert "no metrics yet" in terminal.says("metrics", "list")
    assert terminal.json("metrics", "show", "latency", exits=1)["statistics"]["count"] == 0
    terminal.office.hears(
        metrics=tuple(
            MetricPoint(
                workload="w", name="latency", kind="gauge", unit="ms", ts_ns=ns_of(NOON - at * MINUTE),
                value=float(at), tags={"step": "rank"},
            )
            for at in (1, 2, 70)
        )
    )  # fmt: skip
    assert "latency" in terminal.says("metrics", "list")
    assert terminal.json("metrics", "list")[0]["tags"] == ["step"]
    asked = (
        "metrics",
        "show",
        "latency",
        "--since",
        "-1h",
        "--step",
        "10m",
        "--compare",
        "--tag",
        "step=rank",
    )
    shown = terminal.says(*asked)
    assert "latency in ms, mean of every 600 s" in shown and "no data" in shown
    answer = terminal.json(*asked)
    assert (answer["statistics"]["mean"], answer["before"]["statistics"]["last"]) == (1.5, 70.0)
    assert isinstance(terminal.run("metrics", "show", "x", "--tag", "rank").exception, InvalidInputError)


@pytest.mark.requirement("VO-07")
def test_the_six_key_figures_and_the_components_are_shown_with_verdicts(terminal: Terminal) -> None:
    terminal.office.hears(
        call(1, component="rank", cached=True), call(2, component="rank", ok=False, model="small")
    )
    shown = terminal.says("metrics", "key", exits=1)
    assert (
        "success rate            50.0 %    above 95%        missed" in " ".join(shown.split("⚠"))
        or "missed" in shown
    )
    told = {one["name"]: one["verdict"] for one in terminal.json("metrics", "key", exits=1)["metrics"]}
    assert told["success rate"] == "missed" and told["cache hit rate"] == "ok" and len(told) == 6
    assert "failing" in terminal.says("metrics", "components", exits=1)
    assert terminal.json("metrics", "components", exits=1)[0]["failed"] == 1


@pytest.mark.requirement("W4-11")
def test_the_daily_report_is_printed_also_without_a_query(terminal: Terminal) -> None:
    assert "no queries yet" in terminal.says("stats", "--workload", "team-assistant", "--check")
    terminal.office.hears(
        queries=tuple(
            QueryRecord(
                query_id=str(at), workload="team-assistant", ts_ns=ns_of(NOON - MINUTE), latency_ms=2000.0,
                used_history=at < 2, used_tools=at >= 7,
            )
            for at in range(10)
        )
    )  # fmt: skip
    shown = terminal.says("stats")
    for said in (
        "2026-11-28   10        2,000",
        "history hit rate   20.00 %",
        "about 30 %",
        "pure trained        5",
        "100.00 %",
    ):
        assert said in shown
    report = terminal.json("stats", "--days", "3", words=1)
    assert len(report["days"]) == 3
    assert terminal.run("stats", "--check").exit_code == 0
    terminal.office.hears(
        queries=(
            QueryRecord(
                query_id="slow", workload="team-assistant", ts_ns=ns_of(NOON - MINUTE), latency_ms=90_000.0
            ),
        )
    )
    assert "⚠" in terminal.says("stats", "--check", exits=1)


@pytest.mark.requirement("FA-39")
@pytest.mark.requirement("FA-72")
def test_costs_are_told_by_agent_day_and_unit_as_table_json_and_csv(terminal: Terminal) -> None:
    terminal.office.hears(
        call(1, agent="writer", item_id="ACME"),
        call(2, agent="writer", item_id="INIT", cost_usd=None),
        call(3, DAY, item_id="INIT"),
    )
    shown = terminal.says("cost", "by", "agent")
    assert "writer" in shown and "not told" in shown and "1 calls" in shown
    rows = list(csv.DictReader(io.StringIO(terminal.says("cost", "by", "agent", "--csv"))))
    assert [(row["agent"], row["calls"], row["cost_usd"], row["unknown_calls"]) for row in rows] == [
        ("writer", "2", "0.01", "1"),
        ("", "1", "0.01", "0"),
    ]
    days = terminal.json("cost", "by", "day", "--since", "2026-11-27")["rows"]
    assert [(row["group"]["day"], row["cost_usd"]) for row in days] == [
        ("2026-11-27", "0.01"),
        ("2026-11-28", "0.01"),
    ]
    units = terminal.says("cost", "by", "unit")
    assert "stock-research per stock, by day" in units and "0.01 or more" in units
    assert terminal.json("cost", "by", "unit")["units"][0]["units"] == 2
    assert "per_unit" in terminal.says("cost", "by", "unit", "--csv")
    assert isinstance(terminal.run("cost", "by", "model", "--csv", "--json").exception, InvalidInputError)


def test_a_forecast_says_no_data_before_it_says_a_figure(terminal: Terminal) -> None:
    assert "no forecast" in terminal.says("cost", "forecast", exits=1)
    terminal.office.hears(*(call(at, at * DAY) for at in range(1, 5)))
    assert "reckoned from spent so far" in terminal.says("cost", "forecast")
    assert terminal.json("cost", "forecast")["method"] == "run rate"


@pytest.mark.requirement("FA-13")
def test_a_months_review_is_shown_and_written_as_json_and_csv(terminal: Terminal) -> None:
    terminal.office.hears(call(1, item_id="ACME"), call(2, model="small"))
    terminal.office.client.post("/budgets/infrastructure/entries", {"usd": "20", "what": "servers"})
    terminal.office.clock.advance(1)
    as_json, as_csv = terminal.folder / "november.json", terminal.folder / "november.csv"
    shown = terminal.says("cost", "month", "2026-11", "--output", str(as_csv))
    for said in (
        "spend against budget",
        "infrastructure",
        "entered into infrastructure: 20 USD, servers",
        "written to",
    ):
        assert said in shown
    terminal.json("cost", "month", "2026-11", "--output", str(as_json))
    assert json.loads(as_json.read_text(encoding="utf-8"))["month"] == "2026-11"
    with as_csv.open(encoding="utf-8", newline="") as file:
        rows: list[Mapping[str, str]] = list(csv.DictReader(file))
    told = {(row["section"], row["name"]): row["usd"] for row in rows if row["section"] != "day"}
    assert told["model", "large"] == "0.01" and told["budget", "infrastructure"] == "20"
    assert told["unit", "stock-research per stock"] == "0.01" and told["forecast", "spent"] == "0.02"
    assert sum(row["section"] == "day" for row in rows) == 28
    for bad in (["2026-12"], ["november"], ["2026-11", "--output", "x.pdf"]):
        assert isinstance(terminal.run("cost", "month", *bad).exception, InvalidInputError)


def test_the_store_tells_what_it_holds_and_that_its_figures_hold(terminal: Terminal) -> None:
    terminal.office.hears(call(1), call(2))
    terminal.office.hears(call(2, ms=9))
    assert "2 spans" in terminal.says("telemetry", "show")
    assert terminal.json("telemetry", "show")["conflicts"] == 1
    assert "figures and rows agree" in terminal.says("telemetry", "verify")
    assert terminal.json("telemetry", "rebuild")["equal"]


def test_a_store_is_not_copied_to_what_is_no_clickhouse_and_no_password_is_told(terminal: Terminal) -> None:
    done = terminal.run("telemetry", "copy", "--to", "postgres://wk:hunter2@db.example/telemetry")
    assert isinstance(done.exception, InvalidInputError)
    assert "begins with clickhouse://" in done.exception.message
    assert "hunter2" not in str(done.exception) + done.output


@pytest.mark.requirement("GF-34")
@pytest.mark.requirement("HE-53")
def test_calls_are_added_up_by_group_and_minute_beside_the_period_before(terminal: Terminal) -> None:
    terminal.office.hears(
        call(1, ms=100),
        call(2, ms=300),
        call(3, 3 * MINUTE, model="small", ms=50, ok=False),
        call(4, 70 * MINUTE),
    )
    by_model = terminal.says("calls", "figures", "--by", "model", "--since", "-1h", "--compare")
    lines = {line.split()[0]: line for line in by_model.splitlines() if line.split()}
    assert "200 ms" in lines["large"] and "100.00 %" in lines["small"]
    assert "0.03" in lines["total"] and "+200.00 %" in lines["change"]
    minutes = terminal.json("calls", "figures", "--step", "minute", "--since", "-5m")["rows"]
    assert [(row["calls"], row["average_ms"], row["max_ms"]) for row in minutes] == [
        (0, None, None),
        (0, None, None),
        (1, 50.0, 50.0),
        (0, None, None),
        (2, 200.0, 300.0),
    ]
    assert "no data" in terminal.says("calls", "figures", "--model", "none")
