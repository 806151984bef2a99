"""The releases' page in a real browser: what has traffic, how the canary does, and why moves were made."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Installation  # type: ignore[attr-defined] # of the folder above
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]


def lines(page: "Page", mark: str) -> list[list[str]]:
    page.locator(f"#{mark} tbody tr").first.wait_for()
    return [row.split("\t") for row in page.inner_text(f"#{mark} tbody").split("\n")]


def made(wk: "Installation", target: str) -> str:
    release = wk.json(
        "release", "make", "explainer", "--pin", f"targets.explain={target}", "--by", "Ada Berg"
    )
    name = str(release["release_id"])
    wk.json("release", "prove", name, "--verdict", "passed", "--told", "20 of 20", "--by", "Ada Berg")
    wk.json("release", "promote", name, "--reason", f"<b>{target}</b>", "--by", "Ada Berg")
    return name


def test_the_page_shows_live_release_and_canary_with_its_verdicts_and_reasons(
    wk: "Installation", browser: "Browser"
) -> None:
    old, new = made(wk, "small"), made(wk, "large")
    with wk.api() as api:
        address = api.url
    page = browser.new_page(base_url=address)
    wk.until(lambda: page.goto("/releases").ok)

    assert [row[:3] for row in lines(page, "releases-explainer")] == [
        [new, "▲ canary", "1 %"],
        [old, "✓ live", "99 %"],
    ]
    assert {row[0]: row[1] for row in lines(page, "canary-explainer")} == {
        "quality": "no data",
        "errors": "no data",
        "latency": "no data",
        "cost": "no data",
    }
    assert lines(page, "changes-explainer") == [["targets explain", "small", "large"]]
    assert [row[1:5] for row in lines(page, "proofs-explainer")] == [
        [new, "canaries", "✓ passed", "20 of 20"],
        [old, "canaries", "✓ passed", "20 of 20"],
    ]
    newest = lines(page, "moves-explainer")[0]
    assert (newest[1], newest[2], newest[4:]) == (new, "candidate → canary", ["Ada Berg", "<b>large</b>"])
    page.close()
