"""Promises, components and drift in a real browser: what an application told, as the API answers it."""

import os
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from conftest import Installation  # type: ignore[attr-defined] # of the folder above
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]

SETTINGS = """
server: {port: 0}
gateway: {port: 0}
ingest: {port: 0, grpc_port: 0}
monitoring:
  slos: [{name: answers, workload: shop, good: 99 %}]
  anomalies: {series: [{name: latency, workload: shop, calls: average_ms}]}
"""


def attribute(name: str, value: str) -> dict[str, Any]:
    return {"key": name, "value": {"stringValue": value}}


def spans(count: int, *, failed: int) -> dict[str, Any]:
    """Calls of the last minutes, as an application's exporter sends them."""
    now = time_ns()
    told = [
        {
            "traceId": f"{number + 1:032x}",
            "spanId": f"{number + 1:016x}",
            "name": "chat m",
            "startTimeUnixNano": str(now - (number + 2) * 1_000_000_000),
            "endTimeUnixNano": str(now - (number + 2) * 1_000_000_000 + 120_000_000),
            "status": {"code": 2} if number < failed else {},
            "attributes": [
                attribute("gen_ai.operation.name", "chat"),
                attribute("gen_ai.request.model", "small"),
                attribute("watchkeeper.component", "ranker"),
            ],
        }
        for number in range(count)
    ]
    resource = {"attributes": [attribute("service.name", "shop")]}
    return {"resourceSpans": [{"resource": resource, "scopeSpans": [{"spans": told}]}]}


def lines(page: "Page", mark: str) -> list[list[str]]:
    page.locator(f"#{mark} tbody tr").first.wait_for()
    return [row.split("\t") for row in page.inner_text(f"#{mark} tbody").split("\n")]


@pytest.mark.requirement("HE-55")
def test_budgets_components_and_references_are_shown_as_they_are(
    wk: "Installation", browser: "Browser", tmp_path: Path
) -> None:
    wk.settings(SETTINGS)
    assert wk.run("up", "--detach").returncode == 0
    with wk.api() as api:
        address = api.url
    page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
    problems: list[str] = []
    page.on("pageerror", lambda failure: problems.append(str(failure)))

    wk.until(lambda: page.goto("/slos").ok)
    assert lines(page, "budgets")[0][2] == "no data"
    page.goto("/components")
    page.get_by_text("no component was told of").wait_for()

    sent = httpx.post(f"{address}/v1/traces", json=spans(200, failed=10), timeout=30)
    assert sent.status_code == 200, sent.text
    with wk.api() as api:
        wk.until(lambda: api.get("/slos")[0]["budget"]["calls"] == 200)
    assert wk.json("slo", "list", exits=1)[0]["budget"]["state"] == "spent"
    file = tmp_path / "march.csv"
    file.write_text("figure\n1\n2\n3\n", encoding="utf-8")
    assert wk.run("drift", "reference", "add", "march", file).returncode == 0

    pictures = os.environ.get("WATCHKEEPER_TEST_PICTURES")

    def seen(path: str, mark: str) -> list[list[str]]:
        page.goto(path)
        found = lines(page, mark)
        if pictures is not None:
            page.screenshot(path=f"{pictures}{path.replace('/', '-')}.png")
        return found

    [budget] = seen("/slos", "budgets")
    assert (budget[0], budget[2], budget[4]) == ("shop/answers", "✕ spent", "95.00 %")
    assert [row[4] for row in lines(page, "burns")][:2] == ["✓ normal", "✓ normal"]
    assert lines(page, "series")[0][0] == "shop/latency"
    [component] = seen("/components", "components")
    assert component[:2] == ["shop", "ranker"]
    assert (component[3], component[6], component[7]) == ("95.00 %", "200", "10")
    assert seen("/drift", "references")[0][0] == "march@1"
    assert lines(page, "models")[0][:3] == ["shop", "small", "no data"]
    assert problems == []
