"""Metrics and costs in a real browser: charts, statistics, the period before, forecasts, the unknown."""

import csv
import re
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Site  # type: ignore[attr-defined] # of the folder above
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

TELEPHONE = {"width": 390, "height": 844}
LINE = "#3b82f6"
"""The colour of a chart's first line."""
SHOP = {"since": "-24h", "workload": "shop"}


def drawn(page: "Page", mark: str) -> None:
    page.locator(f"#{mark} svg path[stroke='{LINE}']").first.wait_for(state="attached")


def panel(page: "Page", mark: str = "statistics") -> dict[str, str]:
    page.locator(f"#{mark}").wait_for()
    names, values = (page.locator(f"#{mark} {tag}").all_inner_texts() for tag in ("dt", "dd"))
    return dict(zip(names, (value.replace("\u00a0", " ") for value in values), strict=True))


def table(page: "Page", mark: str) -> list[dict[str, str]]:
    page.locator(f"#{mark} tbody tr").first.wait_for(state="attached")
    heads = page.locator(f"#{mark} th").all_text_contents()
    rows = page.locator(f"#{mark} tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    return [dict(zip(heads, row, strict=True)) for row in rows]


@pytest.mark.requirement("HE-53")
def test_the_overview_draws_what_the_calls_did_and_tells_the_same_figures_as_the_api(
    page: "Page", site: "Site"
) -> None:
    page.goto("/series?workload=shop&refresh=off")
    for mark in ("calls-latency", "calls-error_rate", "calls-fallback_rate", "calls-requests", "calls-cost"):
        drawn(page, mark)
    shown = panel(page)
    with site.api() as api:
        total = api.get("/figures", {**SHOP, "counted_only": True})["total"]
    assert shown["calls"] == str(total["calls"])
    assert shown["error rate"] == f"{100 * total['error_rate']:.2f} %"
    assert shown["fallback rate"] == f"{100 * total['degraded_rate']:.2f} %"
    assert re.fullmatch(r"[\d.]+ ms", shown["P95"]) and re.fullmatch(r"[\d.]+ ms", shown["P50 (median)"])
    assert shown["USD"].endswith(" + ?"), "calls of unknown price are not passed off as free"
    assert "no quality was recorded" in page.inner_text("#no-quality")


@pytest.mark.requirement("HE-53", "HE-58")
def test_a_metric_is_chosen_and_the_period_before_stands_beside_it(page: "Page") -> None:
    page.goto("/series?workload=shop&range=1h")
    page.select_option("#name", "calls.latency")
    page.wait_for_url("**name=calls.latency**")
    drawn(page, "calls-latency")
    page.select_option("#compare", "before")
    page.wait_for_url("**compare=before**")
    page.locator("#calls-latency svg").get_by_text("P95, before").wait_for()
    rows = table(page, "values")
    assert list(rows[0]) == ["from", "P50", "P50, before", "P95", "P95, before", "P99", "P99, before"]
    now = [row["P95"] for row in rows]
    assert any(value != "no data" for value in now) and any(row["P95, before"] != "no data" for row in rows)
    assert "no data" in now, "minutes without calls are gaps"
    assert "0" not in now


def test_a_time_without_calls_is_told_and_not_drawn(page: "Page") -> None:
    page.goto("/series?workload=nobody")
    figure = page.locator("#calls-latency")
    figure.wait_for()
    assert "no call in this time: no data" in figure.inner_text()
    assert page.locator("main svg").count() == 0
    assert panel(page)["P95"] == "no data" and panel(page)["error rate"] == "no data"


def test_a_shared_address_shows_the_same_metric(page: "Page", site: "Site", browser: "Browser") -> None:
    page.goto("/series?name=calls.requests&range=6h&compare=before&workload=shop&refresh=off")
    drawn(page, "calls-requests")
    other = browser.new_page(base_url=site.address, color_scheme="dark")
    other.goto(page.url)
    drawn(other, "calls-requests")
    assert other.input_value("#range") == "6h" and other.input_value("#compare") == "before"
    assert panel(other)["calls"] == panel(page)["calls"]
    other.close()


@pytest.mark.requirement("FA-72", "FA-13")
def test_costs_are_told_by_anything_with_what_nobody_knows_beside(page: "Page", site: "Site") -> None:
    page.goto("/costs?workload=shop")
    rows = {row["model"]: row for row in table(page, "by-model")}
    with site.api() as api:
        found = api.get("/costs", {"by": "model", "workload": "shop"})
        forecast = api.get("/costs/forecast", {"workload": "shop"})
    of_api = {row["group"]["model"]: row for row in found["rows"]}
    assert rows["house-llm"]["USD"] == "unknown"
    assert rows["house-llm"]["unknown price"] == f"▲ {of_api['house-llm']['unknown_calls']}"
    assert rows["gpt-4o"]["USD"].removesuffix(" + ?") == f"{float(of_api['gpt-4o']['cost_usd']):.5f}"
    assert rows["together"]["calls"] == str(found["total"]["calls"])
    month = page.inner_text("#month-cards")
    assert f"{float(forecast['spent_usd']):.5f}".rstrip("0") in month
    assert f"{forecast['unknown_calls']} calls of unknown price are not in it" in month
    assert forecast["how"] in month
    for mark in ("by-workload", "by-agent"):
        assert table(page, mark)[-1]["calls"] == str(found["total"]["calls"])
    drawn(page, "days")
    assert rows["gpt-4o"]["of USD"] == "100.00 %"
    assert rows["gpt-4o"]["of calls"] == f"{100 * of_api['gpt-4o']['call_share']:.2f} %"
    assert "every price was known: no data" in page.inner_text("#unit-days")


@pytest.mark.requirement("FA-13")
def test_costs_are_taken_along_as_csv_and_json(page: "Page", site: "Site", tmp_path: Path) -> None:
    page.goto("/costs?workload=shop")
    page.locator("#csv-model").wait_for()
    page.wait_for_load_state("networkidle")
    with page.expect_download() as waited:
        page.locator("#csv-model").click()
    taken = tmp_path / "costs.csv"
    waited.value.save_as(taken)
    assert waited.value.suggested_filename == "costs-by-model.csv"
    with taken.open(newline="", encoding="utf-8") as lines:
        rows = {row["model"]: row for row in csv.DictReader(lines)}
    assert rows["house-llm"]["cost_usd"] == "" and int(rows["house-llm"]["unknown_calls"]) > 0
    assert float(rows["gpt-4o"]["cost_usd"]) > 0
    address = page.get_by_role("link", name="JSON").nth(1).get_attribute("href")
    assert httpx.get(f"{site.address}{address}", trust_env=False).json()["by"] == ["model"]


def test_a_month_is_chosen_and_one_without_calls_has_no_data(page: "Page") -> None:
    page.goto("/costs?month=2020-02")
    page.locator("#by-model").wait_for()
    assert page.inner_text("#by-model") == "no model call in this time: no data"
    assert "no cost: no data" in page.inner_text("#days")
    page.goto("/costs?month=nonsense")
    assert "What to do" in page.inner_text("[role=alert]")


def test_metrics_and_costs_fit_a_telephone(page: "Page") -> None:
    page.set_viewport_size(TELEPHONE)
    for path, mark in (("/series?workload=shop", "calls-latency"), ("/costs", "days")):
        page.goto(path)
        drawn(page, mark)
        assert page.evaluate("document.documentElement.scrollWidth") == TELEPHONE["width"], path
