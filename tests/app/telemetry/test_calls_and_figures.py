"""Calls, figures, traces and components as the API answers about them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.domain.errors import InvalidInputError, NotFoundError
from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.domain.query_record import QueryRecord
from watchkeeper.domain.span import Span
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.testing.model_call import model_call

if TYPE_CHECKING:
    from conftest import Office

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def call(number: int, *, ago: timedelta = 5 * MINUTE, **columns: Any) -> Span:
    return model_call(number, NOON - ago, **columns)


def test_calls_come_newest_first_by_pages_and_by_every_filter(office: "Office") -> None:
    office.hears(
        *(
            call(number, ago=number * MINUTE, model="small" if number % 2 else "large")
            for number in range(1, 8)
        )
    )
    first = office.get("/calls", limit=3)
    second = office.get("/calls", limit=3, after=first["next"])
    last = office.get("/calls", limit=3, after=second["next"])
    shown = [int(row["span_id"], 16) for page in (first, second, last) for row in page["calls"]]
    assert shown == [1, 2, 3, 4, 5, 6, 7]
    assert last["next"] is None
    small = office.get("/calls", model="small", since="-4m")
    assert [int(row["span_id"], 16) for row in small["calls"]] == [1, 3]
    assert small["calls"][0]["cost_usd"] == "0.01"
    assert small["range"]["timezone"] == "Europe/Stockholm"


def test_a_misspelled_filter_is_refused_and_not_answered_for_everything(office: "Office") -> None:
    for bad in (
        {"modle": "small"},
        {"since": "whenever"},
        {"timezone": "Mars/Olympus"},
        {"after": "x"},
        {"limit": 0},
    ):
        with pytest.raises(InvalidInputError):
            office.get("/calls", **bad)
    for bad in ({"by": "colour"}, {"step": "week"}, {"step": "minute", "since": "-30d"}):
        with pytest.raises(InvalidInputError):
            office.get("/figures", **bad)


def test_a_call_is_shown_whole_with_its_content_as_far_as_it_is_kept(office: "Office") -> None:
    prompt = office.services.content.put("stock-research", b"What is a share?", "text/plain")
    office.hears(call(1, prompt_sha256=prompt, response_sha256="0" * 64))
    found = office.get(f"/calls/{1:032x}/{1:016x}")
    assert (found["prompt"]["text"], found["prompt"]["state"]) == ("What is a share?", "kept")
    assert (found["reply"]["text"], found["reply"]["state"]) == (None, "not kept")
    assert found["row"]["model"] == "large"
    with pytest.raises(NotFoundError, match="no call"):
        office.get(f"/calls/{1:032x}/{9:016x}")


def test_figures_tell_rates_percentiles_and_sums_by_group_and_in_total(office: "Office") -> None:
    office.hears(
        *(call(number, ms=100 * number) for number in range(1, 10)),
        call(10, ms=1000, ok=False, error_code="timeout", cost_usd=None),
        call(11, model="small", cached=True, ms=10),
    )
    answer = office.get("/figures", by="model")
    large, small = answer["rows"]
    assert (large["group"], large["calls"], large["error_rate"]) == ({"model": "large"}, 10, 0.1)
    assert large["p50_ms"] == pytest.approx(500, rel=0.011)
    assert large["p99_ms"] == pytest.approx(900, rel=0.011)
    assert large["cost_usd"] == {"known": "0.09", "counted": 9, "unknown": 1}
    assert small["cache_hit_rate"] == 1.0
    assert (answer["total"]["calls"], answer["total"]["max_ms"]) == (11, 1000.0)


def test_without_calls_everything_is_no_data_and_nothing_is_zero_percent(office: "Office") -> None:
    answer = office.get("/figures", step="hour", since="-3h", compare=True)
    total = answer["total"]
    assert total["calls"] == 0
    assert {total[name] for name in ("error_rate", "p95_ms", "average_ms", "cache_hit_rate")} == {None}
    assert [row["error_rate"] for row in answer["rows"]] == [None] * 3
    assert set(answer["before"]["change"].values()) == {None}


@pytest.mark.requirement("GF-34")
def test_an_hour_is_told_minute_by_minute_with_average_maximum_and_count(office: "Office") -> None:
    office.hears(
        call(1, ago=2.5 * MINUTE, ms=100), call(2, ago=2.4 * MINUTE, ms=300), call(3, ago=59 * MINUTE)
    )
    rows = office.get("/figures", step="minute", since="-1h")["rows"]
    assert len(rows) == 60
    told = {row["begins"]: (row["average_ms"], row["max_ms"], row["calls"]) for row in rows}
    assert told["2026-11-28T11:57:00Z"] == (200.0, 300.0, 2)
    assert told["2026-11-28T11:01:00Z"] == (100.0, 100.0, 1)
    assert told["2026-11-28T11:30:00Z"] == (None, None, 0)


def test_days_are_those_of_the_zone_also_when_the_clocks_change(office: "Office") -> None:
    office.hears(
        call(1, start_ns=ns_of(NOON.replace(month=10, day=24, hour=21, minute=59))),
        call(2, start_ns=ns_of(NOON.replace(month=10, day=24, hour=22))),
        call(3, start_ns=ns_of(NOON.replace(month=10, day=25, hour=22, minute=59))),
        call(4, start_ns=ns_of(NOON.replace(month=10, day=25, hour=23))),
    )
    answer = office.get("/figures", step="day", since="2026-10-24", until="2026-10-26")
    assert [(row["begins"], row["calls"]) for row in answer["rows"]] == [
        ("2026-10-23T22:00:00Z", 1),
        ("2026-10-24T22:00:00Z", 2),  # 25 hours
        ("2026-10-25T23:00:00Z", 1),
    ]
    assert answer["rows"][1]["calls_per_minute"] == pytest.approx(2 / (25 * 60))


@pytest.mark.requirement("HE-53")
def test_figures_stand_beside_those_of_the_period_before(office: "Office") -> None:
    office.hears(
        *(call(number, ago=30 * MINUTE, ms=200) for number in range(4)),
        *(call(number, ago=90 * MINUTE, ms=100) for number in range(10, 12)),
        call(20, ago=90 * MINUTE, ms=100, ok=False),
    )
    answer = office.get("/figures", since="-1h", compare=True)
    before = answer["before"]
    assert (answer["total"]["calls"], before["total"]["calls"]) == (4, 3)
    assert before["change"]["calls"] == pytest.approx(1 / 3)
    assert before["change"]["p95_ms"] == pytest.approx(1.0, abs=0.05)
    assert before["change"]["error_rate"] == -1.0


@pytest.mark.requirement("VO-07")
def test_six_key_figures_stand_beside_their_targets(office: "Office") -> None:
    empty = office.get("/figures/key")
    assert [one["verdict"] for one in empty["metrics"]] == ["no target", *["no data"] * 5]
    office.hears(*(call(number, ms=1000) for number in range(19)), call(30, model="small", ok=False, ms=1000))
    told = {
        one["name"]: (one["value"], one["target"], one["verdict"])
        for one in office.get("/figures/key")["metrics"]
    }
    assert told == {
        "total requests": (20, None, "no target"),
        "average response time": (1000.0, "below 10000 ms", "ok"),
        "success rate": (0.95, "above 95 %", "missed"),
        "error rate": (0.05, "below 5 %", "missed"),
        "cache hit rate": (0.0, "at least 30 %", "missed"),
        "largest model's share": (0.95, "at most 80 %", "missed"),
    }
    assert [(one["model"], one["calls"]) for one in office.get("/figures/key")["models"]] == [
        ("large", 19),
        ("small", 1),
    ]


@pytest.mark.requirement("FA-39")
def test_tokens_are_told_by_agent_and_an_agents_own_span_counts_none(office: "Office") -> None:
    office.hears(
        call(1, agent="writer"),
        call(2, agent="writer", cost_usd=None),
        call(3, agent="checker", input_tokens=7),
        call(4, agent="writer", operation="invoke_agent", input_tokens=10_000, cost_usd=Decimal(5)),
    )
    rows = office.get("/figures/agents")
    assert [(row["name"], row["calls"], row["input_tokens"]["known"]) for row in rows] == [
        ("writer", 2, 200),
        ("checker", 1, 7),
    ]
    assert rows[0]["cost_usd"] == {"known": "0.01", "counted": 1, "unknown": 1}


def test_a_trace_is_a_tree_with_its_missing_parents(office: "Office") -> None:
    trace = "a" * 32
    office.hears(
        call(1, trace_id=trace, operation="invoke_agent"),
        call(2, trace_id=trace, parent_span_id=f"{1:016x}"),
        call(3, trace_id=trace, parent_span_id=f"{9:016x}"),
    )
    tree = office.get(f"/traces/{trace}/tree")
    assert [(node["depth"], int(node["span_id"], 16), node["missing"]) for node in tree["nodes"]] == [
        (0, 1, False),
        (1, 2, False),
        (0, 9, True),
        (1, 3, False),
    ]
    assert tree["cost_usd"]["known"] == "0.02"
    with pytest.raises(NotFoundError):
        office.get(f"/traces/{'b' * 32}/tree")


def test_a_call_told_by_client_and_gateway_counts_once_in_its_trace(office: "Office") -> None:
    trace = "c" * 32
    office.hears(
        call(1, trace_id=trace),
        call(2, trace_id=trace, parent_span_id=f"{1:016x}", receipt_id="r-1"),
    )
    tree = office.get(f"/traces/{trace}/tree")
    assert (tree["spans"], tree["model_calls"], tree["cost_usd"]["known"]) == (2, 1, "0.01")
    assert office.get("/figures")["total"]["model_calls"] == 1


@pytest.mark.requirement("HE-55")
def test_a_component_is_ok_failing_or_without_data(office: "Office") -> None:
    day = timedelta(days=1)
    office.hears(
        *(call(number, component="search") for number in range(10)),
        call(20, component="rank", ok=False),
        call(21, component="rank"),
        call(22, component="old", ago=3 * day),
        call(23, component="forgotten", ago=40 * day),
    )
    told = {one["component"]: one for one in office.get("/components", since="-1h")}
    assert {name: (one["state"], one["calls"], one["error_rate"]) for name, one in told.items()} == {
        "search": ("ok", 10, 0.0),
        "rank": ("failing", 2, 0.5),
        "old": ("no data", 0, None),
    }
    assert told["old"]["last_seen"] == "2026-11-25T12:00:00Z"


@pytest.mark.requirement("HE-24")
def test_latency_and_throughput_are_told_for_queries_and_for_each_component(office: "Office") -> None:
    told = {"workload": "w", "trace_id": "c" * 32}
    office.hears(
        *(call(n, component="graph", ms=10 * n, **told) for n in range(1, 101)),
        *(call(n, component="index", ms=5, **told) for n in range(101, 111)),
        metrics=tuple(
            MetricPoint(
                workload="w",
                name="query_latency",
                kind="gauge",
                unit="ms",
                ts_ns=ns_of(NOON - MINUTE) + n,
                value=float(n),
            )
            for n in range(1, 101)
        ),
    )
    rows = office.get("/figures", by="component", workload="w", since="-10m")["rows"]
    graph, index = sorted(rows, key=lambda row: -row["calls"])
    assert (graph["group"], graph["calls_per_minute"]) == ({"component": "graph"}, 10.0)
    percentiles = [graph[name] for name in ("p50_ms", "p95_ms", "p99_ms")]
    assert percentiles == pytest.approx([500, 950, 990], rel=0.02)
    assert (index["group"], index["calls_per_minute"]) == ({"component": "index"}, 1.0)
    queries = office.get("/metrics/series", name="query_latency", since="-10m")["statistics"]
    assert [queries[name] for name in ("p50", "p95", "p99")] == pytest.approx([50, 95, 99], rel=0.02)


def test_a_metric_is_told_in_steps_with_statistics_and_the_period_before(office: "Office") -> None:
    def point(ago: timedelta, value: float, **tags: str) -> MetricPoint:
        return MetricPoint(
            workload="w",
            name="latency",
            kind="gauge",
            unit="ms",
            ts_ns=ns_of(NOON - ago),
            value=value,
            tags=tags,
        )

    office.hears(
        metrics=(point(MINUTE / 2, 10.0, step="a"), point(MINUTE / 3, 30.0, step="b"), point(9 * MINUTE, 4.0))
    )
    assert [one["name"] for one in office.get("/metrics/names")] == ["latency"]
    answer = office.get("/metrics/series", name="latency", since="-5m", step="1m", compare=True)
    assert [one["value"] for one in answer["points"]] == [None] * 4 + [20.0]
    assert (answer["unit"], answer["statistic"], answer["step_s"]) == ("ms", "mean", 60)
    assert answer["statistics"]["std"] == pytest.approx(10, rel=0.05)
    assert answer["before"]["statistics"]["mean"] == 4.0
    tagged = office.get("/metrics/series", **{"name": "latency", "tag.step": "b", "statistic": "max"})
    assert tagged["statistics"]["count"] == 1
    unknown = office.get("/metrics/series", name="nothing")
    assert (unknown["kind"], unknown["statistics"]["mean"]) == (None, None)
    for bad in (
        {"name": "x", "stp": "1m"},
        {"name": "x", "step": "0.5s"},
        {"name": "x", "step": "1s", "since": "-7d"},
    ):
        with pytest.raises(InvalidInputError):
            office.get("/metrics/series", **bad)


@pytest.mark.requirement("HE-56")
def test_the_last_queries_are_listed_with_time_results_latency_and_components(office: "Office") -> None:
    office.hears(
        queries=tuple(
            QueryRecord(
                query_id=f"q{number}",
                workload="recommender",
                ts_ns=ns_of(NOON - number * MINUTE),
                latency_ms=float(abs(number)),
                results=abs(number),
                components=("graph", "index"),
                error="empty" if number == 3 else None,
            )
            for number in range(-1, 60)  # the first by a clock that runs ahead
        )
    )
    found = office.get("/queries")
    assert (len(found["rows"]), found["more"], found["rows"][0]["query_id"]) == (50, True, "q-1")
    assert found["rows"][2]["components"] == ["graph", "index"]
    assert [row["query_id"] for row in office.get("/queries", failed=True)["rows"]] == ["q3"]
    for path in ("/evaluations", "/feedback", "/logs"):
        assert office.get(path)["rows"] == []
