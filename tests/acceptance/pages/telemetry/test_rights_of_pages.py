"""Pages ask with the server's own key; what a visitor writes is written with the visitor's."""

from typing import TYPE_CHECKING

import pytest

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.client import ApiClient
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.receipts import ReceiptWriter

if TYPE_CHECKING:
    from conftest import Installation  # type: ignore[attr-defined] # of the folder above
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

OPERATOR = "wk-0123456789abcdef-operator"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


def test_a_reader_sees_a_call_and_may_not_rate_it(wk: "Installation", browser: "Browser") -> None:
    wk.settings(f"server: {{port: 0, keys: [{OPERATOR}]}}\ngateway: {{port: 0}}\n")
    assert wk.run("up", "--detach").returncode == 0
    running = wk.server()
    assert running is not None and running.url is not None
    clock = SystemClock()
    writer = ReceiptWriter(wk.data_dir / "receipts", "test", clock=clock)
    told = {"workload": "shop", "target": "large", "provider": "openai", "model": "gpt-4o"}
    now = clock.now().isoformat(timespec="microseconds")
    writer.append(
        Receipt(receipt_id="r", ts=now, trace_id=TRACE, span_id=SPAN, latency_ms=5.0, **told)  # type: ignore[arg-type]
    )
    with ApiClient(running.url, key=OPERATOR) as api:
        made = api.post("/keys", {"name": "looker", "role": "reader", "by": "Kim"})
        wk.until(lambda: api.get("/calls", {"workload": "shop"})["calls"])

    visitor = browser.new_context(
        base_url=running.url, http_credentials={"username": "looker", "password": made["key"]}
    )
    page = visitor.new_page()
    wk.until(lambda: page.goto(f"/calls/{TRACE}/{SPAN}").ok)
    page.get_by_label("▲ good").check()
    page.locator("#feedback-form button").click()
    page.get_by_text("✕ not kept").wait_for()
    assert "is a reader's key and may not" in page.inner_text("#feedback-told")
    visitor.close()
    with ApiClient(running.url, key=OPERATOR) as api:
        assert api.get("/feedback")["rows"] == []
