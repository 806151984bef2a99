"""A trace as a waterfall, in a real browser on a real server."""

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Traffic  # type: ignore[attr-defined] # of this folder
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.slow

TELEPHONE = {"width": 390, "height": 844}


def has_count(found: "Locator", count: int) -> None:
    from playwright.sync_api import expect

    expect(found).to_have_count(count)


def bar(page: "Page", span_id: str) -> dict[str, float]:
    box = page.locator(f"#waterfall tr[data-field={span_id}] .wk-stripe").bounding_box()
    assert box is not None
    return dict(box)


@pytest.mark.requirement("FA-74", "HE-69")
def test_a_trace_of_six_steps_is_a_waterfall_on_one_axis(page: "Page") -> None:
    page.goto("/traces/six")
    rows = page.locator("#waterfall tbody tr")
    has_count(rows, 6)
    depths = page.locator("#waterfall [data-depth]").evaluate_all("all => all.map(e => +e.dataset.depth)")
    assert depths == [0, 1, 2, 1, 1, 1]
    whole, second, last = bar(page, "six-0"), bar(page, "six-1"), bar(page, "six-5")
    assert second["width"] == pytest.approx(whole["width"] / 6, rel=0.05)
    assert second["x"] == pytest.approx(whole["x"], abs=2)
    assert last["x"] == pytest.approx(whole["x"] + whole["width"] * 4 / 6, rel=0.05)
    failed = page.locator("#waterfall tr[data-field=six-4]").inner_text()
    assert "✕ failed" in failed and "900 + 40" in failed and "0.00265" in failed
    assert "unknown" in page.locator("#waterfall tr[data-field=six-5]").inner_text()
    told = page.inner_text("#counts").replace("\u00a0", " ")
    assert told == "6 steps · 1 failed · 600 ms · 2 model calls · 912 tokens in · 47 out · 0.00265 + ? USD"


@pytest.mark.requirement("FA-74")
def test_a_click_opens_a_step_and_the_address_keeps_it(page: "Page") -> None:
    page.goto("/traces/six")
    page.locator("#waterfall tr[data-field=six-4]").get_by_role("link").click()
    page.wait_for_url("**/traces/six?step=six-4")
    page.locator("#step").get_by_text("provider_failed: it broke <b>").wait_for()
    assert "900 input, 40 output" in page.inner_text("#step")
    assert "The parcel is in Umeå." in page.inner_text("#step")
    page.reload()
    assert "it broke <b>" in page.inner_text("#step")
    assert page.locator("#waterfall tr.wk-chosen").get_attribute("data-field") == "six-4"
    has_count(page.locator("#waterfall a[aria-current=step]"), 1)


def test_a_step_is_opened_by_keys(page: "Page") -> None:
    page.goto("/traces/six")
    page.locator("#waterfall tr[data-field=six-1] a").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**step=six-1")
    page.locator("#step").get_by_text("retrieve").first.wait_for()


def test_a_trace_of_500_steps_stands_whole_and_a_step_of_it_opens(page: "Page") -> None:
    page.goto("/traces/long")
    has_count(page.locator("#waterfall tbody tr"), 500)
    row = page.locator("#waterfall tr[data-field=long-499]")
    row.scroll_into_view_if_needed()
    row.get_by_role("link").click()
    page.wait_for_url("**step=long-499")
    page.locator("#step").get_by_role("link", name="everything about this call").wait_for()


def test_a_step_whose_caller_never_came_is_shown_and_marked(page: "Page") -> None:
    page.goto("/traces/lost")
    rows = page.locator("#waterfall tbody tr")
    has_count(rows, 3)
    assert "▲ not there never-sent" in rows.nth(0).inner_text()
    depths = rows.locator("[data-depth]").evaluate_all("all => all.map(e => +e.dataset.depth)")
    assert depths == [0, 1, 2]
    assert "▲ 1 callers not there" in page.inner_text("#counts")


def test_an_unknown_trace_says_so(page: "Page") -> None:
    page.goto("/traces/nowhere")
    assert "there is no span of trace 'nowhere'" in page.inner_text("[role=alert]")


@pytest.mark.requirement("FA-74")
def test_a_call_shows_what_was_asked_and_answered_and_what_it_cost(page: "Page") -> None:
    page.goto("/calls/six/six-4")
    prompt = page.locator("#prompt")
    assert prompt.locator(".wk-message .wk-label").all_inner_texts() == ["system", "user", "user"]
    assert "You answer <b>briefly</b>." in prompt.inner_text()
    assert "The parcel is in Umeå." in page.inner_text("#reply")
    folded = prompt.locator("details")
    assert not folded.locator("pre").is_visible()
    folded.locator("summary").click()
    assert folded.locator("pre").inner_text().count("Where is my parcel?") == 100
    facts = page.inner_text("#facts")
    assert "0.00265" in facts and "900 input, 40 output" in facts and "it broke <b>" in facts
    assert page.inner_text("#evaluations") == "nothing has judged it: no data"
    page.locator("#ids").get_by_role("link", name="six", exact=True).click()
    page.wait_for_url("**/traces/six?step=six-4")


def test_a_call_without_content_says_so(page: "Page") -> None:
    page.goto("/calls/six/six-5")
    assert "not kept" in page.inner_text("#prompt") and "not kept" in page.inner_text("#reply")
    assert "unknown: no price is known" in page.inner_text("#facts")
    page.locator("#ids").get_by_role("link", name="receipt-six-six-5").click()
    page.wait_for_url("**/receipts")


def test_an_unknown_call_says_so(page: "Page") -> None:
    page.goto("/calls/six/nowhere")
    assert "there is no call 'nowhere' in trace 'six'" in page.inner_text("[role=alert]")


def test_what_comes_later_is_shown_without_asking(page: "Page", traffic: "Traffic") -> None:
    traffic.call("grows-1", trace_id="grows")
    traffic.until_there("grows", 1)
    page.goto("/traces/grows?refresh=1")
    has_count(page.locator("#waterfall tbody tr"), 1)
    traffic.call("grows-2", trace_id="grows", parent_span_id="grows-1")
    has_count(page.locator("#waterfall tbody tr"), 2)
    assert page.locator("#auto-refresh").inner_text() == "auto-refresh: ● on, every 1 s"


def test_a_trace_and_a_call_fit_a_telephone(page: "Page") -> None:
    page.set_viewport_size(TELEPHONE)
    for path in ("/traces/six?step=six-4", "/traces/long", "/calls/six/six-4"):
        page.goto(path)
        page.locator("#waterfall tbody tr, #prompt").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == TELEPHONE["width"], path
    assert re.search(r"auto-refresh: ● on, every 30 s", page.inner_text("#auto-refresh"))
