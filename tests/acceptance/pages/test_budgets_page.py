"""The budgets' page in a real browser: a line a budget, what is refused, entered and opened again."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Installation  # type: ignore[attr-defined] # of the folder above
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]

SETTINGS = """
budgets:
  - {name: total, limit_usd: "2000"}
  - {name: batch, workload: stock-research, limit_usd: "1200"}
  - {name: interactive, route: ask, limit_usd: "600"}
  - {name: infrastructure, entered_only: true, limit_usd: "200"}
"""


@pytest.mark.requirement("FA-56")
def test_the_page_tells_spent_left_and_forecast_a_line_and_what_is_refused(
    wk: "Installation", browser: "Browser"
) -> None:
    wk.settings(SETTINGS)
    wk.json("budget", "enter", "infrastructure", "--usd", "150", "--what", "servers", "--by", "Ada Berg")
    wk.json("budget", "enter", "total", "--usd", "1850", "--what", "<b>invoices</b>")
    with wk.api() as api:
        address = api.url
    page = browser.new_page(base_url=address)
    wk.until(lambda: page.goto("/budgets").ok)
    page.locator("#budgets").wait_for()

    lines = {row.split("\t")[0]: row.split("\t") for row in page.inner_text("#budgets tbody").split("\n")}
    assert list(lines) == ["total", "batch", "interactive", "infrastructure"]
    assert lines["total"][3:8] == ["2000.00", "2000.00", "0.00", "0.00", "0.00"]
    assert lines["total"][10] == "✕ refuses batch"
    assert lines["infrastructure"][4] == "150.00"
    assert lines["infrastructure"][7] == "50.00"
    assert lines["batch"][8] in {"0.00", "no data"}
    assert "budget total refuses batch" in page.inner_text("[role=alert]")
    assert "<b>invoices</b>" in page.inner_text("#entries")

    wk.json("budget", "enable", "total", "--by", "Ada Berg", "--reason", "the report is due")
    page.reload()
    page.locator("#audit tbody tr").wait_for()
    assert "the report is due" in page.inner_text("#audit")
    assert page.locator("[role=alert]").count() == 0
    page.close()
