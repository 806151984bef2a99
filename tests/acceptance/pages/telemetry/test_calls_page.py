"""The calls in a real browser: controls, filters, order, pages, and the address that keeps them."""

import re
from datetime import timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

if TYPE_CHECKING:
    from conftest import Site, Traffic  # type: ignore[attr-defined] # of this folder and the one above
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.slow

TELEPHONE = {"width": 390, "height": 844}
MANY_ONLY = "/calls?route=fast"
"""The 120 calls that went by a route."""


def rows(page: "Page") -> "Locator":
    return page.locator("#calls tbody tr")


def has_count(found: "Locator", count: int) -> None:
    from playwright.sync_api import expect

    expect(found).to_have_count(count)


def addresses_shown(page: "Page") -> list[str]:
    rows(page).first.wait_for()
    return page.locator("#calls tbody a").evaluate_all("all => all.map(one => one.getAttribute('href'))")


def column(page: "Page", title: str) -> list[str]:
    heads = [text.rstrip(" ▲▼") for text in page.locator("#calls th").all_inner_texts()]
    cells = page.locator(f"#calls tbody td:nth-child({heads.index(title) + 1})")
    return [text.strip() for text in cells.all_inner_texts()]


def test_the_newest_calls_are_told_with_tokens_and_cost(page: "Page") -> None:
    page.goto(MANY_ONLY)
    has_count(rows(page), 50)
    assert column(page, "model")[:2] == ["gpt-4o", "house-llm"]
    assert column(page, "USD")[:2] == ["0.01", "unknown"]
    assert column(page, "in")[:2] == ["100", "101"]
    assert column(page, "latency")[0].replace("\u00a0", " ") == "100 ms"
    assert column(page, "status")[5] == "▲ degraded" and column(page, "status")[9] == "✕ timeout"
    rows(page).first.get_by_role("link").click()
    page.wait_for_url("**/calls/many-0/many-0")


def test_pages_of_calls_lead_on_and_back_and_none_is_left_out(page: "Page") -> None:
    page.goto(MANY_ONLY)
    first = addresses_shown(page)
    seen = [*first]
    for number in (2, 3):
        page.locator("#turning").get_by_text("older ›").click()
        page.wait_for_url(f"**p=*{'&p=*' * (number - 2)}")
        page.wait_for_load_state("networkidle")
        seen += addresses_shown(page)
    assert seen == [f"/calls/many-{n}/many-{n}" for n in range(120)]
    page.locator("#turning").get_by_text("‹ newer").click()
    page.wait_for_load_state("networkidle")
    assert addresses_shown(page) == seen[50:100]
    page.locator("#turning").get_by_text("« newest").click()
    page.wait_for_load_state("networkidle")
    assert addresses_shown(page) == first


@pytest.mark.requirement("HE-58")
def test_the_level_is_chosen_and_stands_in_the_address(page: "Page") -> None:
    page.goto(MANY_ONLY)
    page.select_option("#status", "failed")
    page.wait_for_url("**status=failed**")
    has_count(rows(page), 12)
    assert set(column(page, "status")) == {"✕ timeout"}
    page.select_option("#status", "degraded")
    page.wait_for_url("**status=degraded**")
    has_count(rows(page), 10)


def test_filters_join_and_a_shared_address_shows_the_same(
    page: "Page", site: "Site", browser: "Browser"
) -> None:
    page.goto("/calls")
    page.fill("#model", "house-llm")
    page.fill("#release", "r6")
    page.fill("#min_duration_ms", "180")
    page.locator("#controls button[type=submit]").click()
    page.wait_for_url("**min_duration_ms=180**")
    rows(page).first.wait_for()
    assert set(column(page, "model")) == {"house-llm"}
    has_count(rows(page), 20)
    page.locator("#calls th").get_by_text("latency").click()
    page.wait_for_url("**sort=-latency**")
    page.locator("#auto-refresh").click()
    page.wait_for_url("**refresh=off**")
    other = browser.new_page(base_url=site.address, timezone_id="Asia/Tokyo")
    other.goto(page.url)
    assert addresses_shown(other) == addresses_shown(page)
    assert other.inner_text("#calls") == page.inner_text("#calls")
    assert other.input_value("#model") == "house-llm"
    assert other.locator("#auto-refresh").get_attribute("aria-checked") == "false"
    other.close()


def test_words_and_phrases_of_prompts_and_replies_find_their_calls(page: "Page") -> None:
    page.goto("/calls")
    page.fill("#q", '"sent on MONDAY" briefly')
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    has_count(rows(page), 1)
    assert addresses_shown(page) == ["/calls/six/six-4"]
    page.fill("#q", "umeå")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=ume**")
    has_count(rows(page), 1)
    page.fill("#q", '"Monday on sent"')
    page.keyboard.press("Enter")
    page.get_by_text("no call in this time, with these filters: no data").wait_for()


def test_a_column_sorts_and_a_second_click_turns_it(page: "Page") -> None:
    page.goto(MANY_ONLY)
    page.locator("#calls th").get_by_text("in", exact=True).click()
    page.wait_for_url("**sort=-in**")
    rows(page).first.wait_for()
    largest = [int(text) for text in column(page, "in")]
    assert largest == sorted(largest, reverse=True)
    assert page.locator("#calls th[aria-sort=descending]").inner_text() == "in ▼"
    page.locator("#calls th").get_by_text("in ▼").click()
    page.wait_for_url("**sort=in**")
    rows(page).first.wait_for()
    assert [int(text) for text in column(page, "in")] == largest[::-1]
    page.goto(MANY_ONLY + "&sort=-USD")
    assert column(page, "USD")[-25:] == ["unknown"] * 25


@pytest.mark.requirement("HE-58")
def test_a_time_is_chosen_from_the_list_or_told_in_a_timezone(page: "Page", traffic: "Traffic") -> None:
    page.goto(MANY_ONLY)
    page.select_option("#range", "1h")
    page.wait_for_url("**range=1h**")
    has_count(rows(page), 50)
    page.select_option("#range", "custom")
    assert page.locator("#from").is_visible()
    zone = ZoneInfo("Asia/Tokyo")
    began = traffic.now - timedelta(seconds=600 + 30 * 100 + 0.2)
    local = began.astimezone(zone)
    page.fill("#from", f"{local - timedelta(minutes=5):%Y-%m-%dT%H:%M}")
    page.fill("#to", f"{local + timedelta(minutes=1):%Y-%m-%dT%H:%M}")
    page.fill("#tz", "Asia/Tokyo")
    page.locator("#controls button[type=submit]").click()
    page.wait_for_url("**tz=Asia**")
    rows(page).first.wait_for()
    shown = column(page, "began")
    assert f"{local:%Y-%m-%d %H:%M:%S}" in {text[:19] for text in shown}
    assert 8 <= len(shown) <= 14


def test_a_time_that_cannot_be_says_what_to_do(page: "Page") -> None:
    page.goto("/calls?range=custom&from=2026-01-02T00:00&to=2026-01-01T00:00")
    assert "What to do" in page.inner_text("[role=alert]")
    page.goto("/calls?range=custom&from=2026-01-02T00:00&tz=Nowhere%2FLand")
    assert "there is no timezone 'Nowhere/Land'" in page.inner_text("[role=alert]")


@pytest.mark.requirement("HE-58")
def test_new_calls_come_by_themselves_or_by_hand_as_the_switch_says(page: "Page", traffic: "Traffic") -> None:
    page.goto("/calls?model=fresh&refresh=1")
    page.get_by_text("no call in this time, with these filters: no data").wait_for()
    traffic.call("fresh-1", trace_id="fresh", model="fresh")
    has_count(rows(page), 1)
    page.locator("#auto-refresh").click()
    page.wait_for_url("**refresh=off**")
    traffic.call("fresh-2", trace_id="fresh", model="fresh")
    traffic.until_there("fresh", 2)
    page.wait_for_timeout(2500)
    has_count(rows(page), 1)
    page.locator("#refresh-now").click()
    has_count(rows(page), 2)
    page.fill("#agent", "")
    page.locator("#controls button[type=submit]").click()
    page.wait_for_load_state("networkidle")
    assert page.locator("#auto-refresh").get_attribute("aria-checked") == "false"


@pytest.mark.requirement("HE-56", "HE-58")
def test_without_a_word_a_page_asks_again_every_30_seconds(page: "Page", traffic: "Traffic") -> None:
    page.goto("/calls?model=later")
    assert page.inner_text("#auto-refresh") == "auto-refresh: ● on, every 30 s"
    traffic.call("later-1", trace_id="later", model="later")
    traffic.until_there("later", 1)
    has_count(rows(page), 0)
    rows(page).first.wait_for(timeout=40_000)


def test_controls_have_names_and_are_reached_by_keys(page: "Page") -> None:
    page.goto("/calls")
    for field in page.locator("#controls input:visible, #controls select:visible").all():
        assert field.evaluate("one => one.labels.length") == 1
    page.locator("#workload").focus()
    page.keyboard.type("shop")
    page.keyboard.press("Enter")
    page.wait_for_url("**workload=shop**")
    rows(page).first.wait_for()
    assert set(column(page, "workload")) == {"shop"}


def test_known_values_are_offered(page: "Page") -> None:
    page.goto("/calls")
    offered = page.locator("#of-model option")
    offered.first.wait_for(state="attached")
    assert {"gpt-4o", "house-llm"} <= set(offered.evaluate_all("all => all.map(one => one.value)"))


def test_the_calls_fit_a_telephone_and_every_place_of_the_bar_is_reached(page: "Page") -> None:
    page.set_viewport_size(TELEPHONE)
    page.goto(MANY_ONLY)
    rows(page).first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") == TELEPHONE["width"]
    for place in page.locator(".wk-top a").all():
        box = place.bounding_box()
        assert box is not None and box["x"] + box["width"] <= TELEPHONE["width"]
    assert re.search(r"filters, 1 set", page.inner_text("#filters summary"))
    page.locator("#filters summary").click()
    assert page.locator("#route").is_visible()
