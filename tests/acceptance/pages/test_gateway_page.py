"""The gateway's page in a real browser: workers, targets with their breakers, caches, who holds what."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Installation  # type: ignore[attr-defined] # of the folder above
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]

SETTINGS = """
server: {port: 0}
gateway: {port: 0}
targets:
  large: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: gpt-4o}
  small: {provider: openai, base_url: "http://127.0.0.1:9/v1", model: gpt-4o-mini}
"""


def lines(page: "Page", mark: str) -> list[list[str]]:
    page.locator(f"#{mark} tbody tr").first.wait_for()
    return [row.split("\t") for row in page.inner_text(f"#{mark} tbody").split("\n")]


def test_the_page_shows_a_held_breaker_who_holds_it_and_that_it_is_let_go(
    wk: "Installation", browser: "Browser"
) -> None:
    wk.settings(SETTINGS)
    assert wk.run("up", "--detach").returncode == 0
    wk.json("breaker", "open", "large", "--by", "Ada Berg", "--reason", "<b>slow</b>")
    with wk.api() as api:
        address = api.url
    page = browser.new_page(base_url=address)
    wk.until(lambda: page.goto("/gateway").ok)

    assert [(row[0], row[1], row[2]) for row in lines(page, "targets")] == [
        ("large", "✕ open", "Ada Berg"),
        ("small", "✓ closed", ""),
    ]
    assert [row[2] for row in lines(page, "workers")] == ["✓ running"]
    assert [row[0] for row in lines(page, "caches")] == ["answers", "embeddings"]
    told = page.inner_text("[role=alert]")
    assert "large is held open: it gets no calls" in told
    assert "by Ada Berg: <b>slow</b>" in told

    wk.json("breaker", "reset", "large")
    page.locator("#targets").get_by_text("✕ open").wait_for(state="detached")
    page.locator("[role=alert]").wait_for(state="detached")
    assert [row[1] for row in lines(page, "targets")] == ["✓ closed", "✓ closed"]
    page.close()
