"""`wk rules test` over rows in a file: the levels every workload ships with, and those that are set."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from watchkeeper.cli.main import app

SETTINGS = {
    "monitoring": {
        "rule_sets": ["explainer", "recommender", "stock-research", "team-assistant"],
        "queries": {"failed-share": {"sql": "SELECT avg(CASE WHEN ok THEN 0.0 ELSE 1.0 END) FROM calls"}},
        "rules": [
            {"name": "odd", "workload": "shop", "query": "failed-share", "above": {"warning": 0.5}},
            {
                "name": "queue",
                "workload": "shop",
                "metric": {"name": "wait", "statistic": "max"},
                "above": {"warning": "2 s"},
            },
        ],
    }
}


def outcome_of(folder: Path, *tests: dict[str, Any]) -> Any:
    (folder / "watchkeeper.yaml").write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    (folder / "tests.yaml").write_text(yaml.safe_dump({"tests": list(tests)}), encoding="utf-8")
    return CliRunner().invoke(
        app,
        [
            *("--config", str(folder / "watchkeeper.yaml"), "--data-dir", str(folder / "data")),
            *("rules", "test", str(folder / "tests.yaml"), "--json"),
        ],
    )


def seen(done: Any) -> list[str]:
    return [one["said"] for one in json.loads(done.stdout)]


def calls(failed: int, of: int, *, at: float = 0, ms: float = 100) -> list[dict[str, Any]]:
    given = [{"at": at, "count": of - failed, "duration_ms": ms}] if of > failed else []
    return [*given, *([{"at": at, "count": failed, "ok": False, "duration_ms": ms}] if failed else [])]


@pytest.mark.requirement("VO-39", "VO-40", "VO-41")
def test_the_explainers_own_numbers_are_15_percent_25_seconds_and_90_percent(tmp_path: Path) -> None:
    def one(rule: str, rows: list[dict[str, Any]], band: str, value: float) -> dict[str, Any]:
        return {
            "rule": f"explainer/{rule}",
            "calls": rows,
            "expect": [{"at": 60, "band": band, "value": value}],
        }

    done = outcome_of(
        tmp_path,
        one("error-rate", calls(15, 100), "normal", 15),
        one("error-rate", calls(16, 100), "warning", 16),
        one("slow-response", calls(0, 3, ms=25_000), "normal", 25),
        one("slow-response", calls(0, 3, ms=25_100), "warning", 25.1),
        one("success-rate", calls(10, 100), "normal", 90),
        one("success-rate", calls(11, 100), "warning", 89),
    )
    assert (done.exit_code, seen(done)[1]) == (0, "16 %, warning, fired told")


@pytest.mark.requirement("HE-37", "HE-38", "HE-39", "HE-40", "HE-50")
def test_the_recommenders_own_numbers_are_three_bands_of_each(tmp_path: Path) -> None:
    def ndcg(value: float, band: str) -> dict[str, Any]:
        return {
            "rule": "recommender/ndcg-at-10",
            "points": [{"at": 0, "name": "ndcg_at_10", "value": value}],
            "expect": [{"at": 60, "band": band}],
        }

    def figure(rule: str, name: str, value: float, band: str) -> dict[str, Any]:
        points = [{"at": 0, "name": name, "value": value}]
        return {"rule": f"recommender/{rule}", "points": points, "expect": [{"at": 60, "band": band}]}

    def errors(failed: int, band: str) -> dict[str, Any]:
        return figure("error-rate", "error_rate", failed / 1000, band)

    def slow(p95_ms: float, band: str) -> dict[str, Any]:
        return figure("query-latency-p95", "query_latency_p95", p95_ms, band)

    done = outcome_of(
        tmp_path,
        ndcg(0.65, "normal"),
        ndcg(0.649, "warning"),
        ndcg(0.599, "breach"),
        ndcg(0.499, "critical"),
        errors(5, "normal"),
        errors(6, "warning"),
        errors(11, "breach"),
        errors(51, "critical"),
        slow(1800, "normal"),
        slow(1801, "warning"),
        slow(2001, "breach"),
        slow(3001, "critical"),
    )
    assert done.exit_code == 0, seen(done)


@pytest.mark.requirement("HE-25")
def test_the_five_rates_of_the_recommender_each_have_three_bands(tmp_path: Path) -> None:
    def queries(rule: str, few: int, band: str, **odd: Any) -> dict[str, Any]:
        rows = [{"at": 0, "count": few, "results": 5, **odd}, {"at": 0, "count": 100 - few, "results": 5}]
        return {"rule": f"recommender/{rule}", "queries": rows, "expect": [{"at": 60, "band": band}]}

    def spans(rule: str, few: int, band: str, **odd: Any) -> dict[str, Any]:
        usual = {"at": 0, "component": "graph", "cached": True}
        rows = [{**usual, "count": few, **odd}, {**usual, "count": 100 - few}]
        return {"rule": f"recommender/{rule}", "calls": rows, "expect": [{"at": 60, "band": band}]}

    done = outcome_of(
        tmp_path,
        *(queries("fallback-rate", few, band, degraded=True) for few, band in bands(5, 10, 20)),
        *(queries("empty-result-rate", few, band, results=0) for few, band in bands(3, 5, 10)),
        *(spans("component-failure-rate", few, band, ok=False) for few, band in bands(3, 5, 10)),
        *(spans("cache-hit-rate", few, band, cached=False) for few, band in bands(25, 30, 50)),
        {
            "rule": "recommender/empty-result-rate",
            "expect": [{"at": 60, "band": "no data", "told": "nobody"}],
        },
    )
    assert done.exit_code == 0, seen(done)


@pytest.mark.requirement("FA-35")
def test_a_stock_above_040_and_a_query_above_008_cost_too_much(tmp_path: Path) -> None:
    def cost(rule: str, band: str, *rows: dict[str, Any]) -> dict[str, Any]:
        expected = {"at": 60, "band": band, "told": "fired" if band == "warning" else "nobody"}
        return {"rule": f"stock-research/{rule}", "calls": list(rows), "expect": [expected]}

    def agents(item: str, *, usd: str) -> dict[str, Any]:
        """Two agents look into a stock."""
        return {"at": 0, "count": 2, "item_id": item, "cost_usd": usd}

    def query(trace: str, *, usd: str) -> dict[str, Any]:
        return {"at": 0, "query_type": "outlook", "trace_id": trace * 32, "cost_usd": usd}

    done = outcome_of(
        tmp_path,
        cost("cost-of-a-stock", "normal", agents("cheap", usd="0.05"), agents("dear", usd="0.20")),
        cost("cost-of-a-stock", "warning", agents("cheap", usd="0.05"), agents("dear", usd="0.21")),
        cost("cost-of-a-query", "normal", query("a", usd="0.06"), query("b", usd="0.10")),
        cost("cost-of-a-query", "warning", query("a", usd="0.07"), query("b", usd="0.10")),
        cost("cost-of-a-query", "no data"),
    )
    assert done.exit_code == 0, seen(done)


def bands(warning: int, breach: int, critical: int) -> list[tuple[int, str]]:
    return [
        (warning, "normal"),
        (warning + 1, "warning"),
        (breach + 1, "breach"),
        (critical + 1, "critical"),
    ]


@pytest.mark.requirement("GF-35", "GF-37")
def test_the_readers_failures_are_told_as_a_count_and_as_a_rate_and_no_data_is_no_alarm(
    tmp_path: Path,
) -> None:
    """Defect 7: an empty hour is no data, neither a crash nor an alarm."""
    many = {
        "rule": "annual-reports/failed-extractions",
        "calls": calls(11, 1000),
        "expect": [{"at": 60, "band": "warning", "told": "fired", "value": 11}],
    }
    few_of_many = {
        "rule": "annual-reports/error-rate",
        "calls": calls(11, 1000),
        "expect": [{"at": 60, "band": "normal"}],
    }
    most_of_few = {
        "rule": "annual-reports/error-rate",
        "calls": calls(2, 3),
        "expect": [{"at": 60, "band": "critical", "told": "fired"}],
    }
    accuracy = {
        "rule": "annual-reports/accuracy-drop",
        "figures": [{"at": 0, "name": "average_accuracy", "value": None}]
        + [{"at": at, "name": "average_accuracy", "value": v} for at, v in ((300, 0.69), (600, 0.71))],
        "expect": [
            {"at": 60, "band": "no data", "told": "nobody"},
            {"at": 300, "band": "warning", "told": "fired"},
            {"at": 600, "band": "normal", "told": "resolved"},
        ],
    }
    done = outcome_of(tmp_path, many, few_of_many, most_of_few, accuracy)
    assert done.exit_code == 0, seen(done)


def test_a_query_and_a_metric_in_another_unit_are_rules_like_any_other(tmp_path: Path) -> None:
    waits = [{"at": 0, "name": "wait", "value": 2500, "unit": "ms"}]
    done = outcome_of(
        tmp_path,
        {"rule": "shop/odd", "calls": calls(2, 3), "expect": [{"at": 60, "band": "warning"}]},
        {"rule": "shop/queue", "points": waits, "expect": [{"at": 60, "band": "warning", "value": 2.5}]},
    )
    assert done.exit_code == 0, seen(done)


def test_what_differs_is_told_and_exits_with_1(tmp_path: Path) -> None:
    done = outcome_of(
        tmp_path, {"rule": "shop/odd", "calls": calls(0, 3), "expect": [{"at": 60, "band": "critical"}]}
    )
    assert (done.exit_code, seen(done)) == (1, ["0, normal; expected critical"])


@pytest.mark.parametrize(
    ("test", "told"),
    [
        ({"rule": "shop/od", "expect": [{"at": 1}]}, "no rule 'shop/od' is in force"),
        (
            {"rule": "shop/odd", "calls": [{"at": 0, "modle": "x"}], "expect": [{"at": 1}]},
            "no column 'modle'",
        ),
        (
            {"rule": "shop/odd", "calls": [{"at": 0, "cost_usd": "dear"}], "expect": [{"at": 1}]},
            "a call's cost_usd cannot be 'dear'",
        ),
        ({"rule": "shop/odd", "expect": []}, "tests.0.expect"),
        (
            {"rule": "shop/queue", "points": [{"at": 0, "name": "wiat", "value": 1}], "expect": [{"at": 9}]},
            "has recorded no metric .wait.: did you mean wiat",
        ),
        (
            {
                "rule": "shop/queue",
                "points": [{"at": 0, "name": "wait", "value": 1, "unit": "USD"}],
                "expect": [{"at": 9}],
            },
            "metric 'wait': 'USD' .money. is compared with 's' .time.",
        ),
    ],
)
def test_a_mistake_is_named_plainly(tmp_path: Path, test: dict[str, Any], told: str) -> None:
    from watchkeeper.domain.errors import InvalidInputError

    done = outcome_of(tmp_path, test)
    assert isinstance(done.exception, InvalidInputError)
    import re

    assert re.search(told, str(done.exception)), done.exception
