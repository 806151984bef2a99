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


@pytest.mark.requirement("HE-80")
def test_the_page_shows_an_experiment_with_its_arms_while_it_runs_and_how_it_ended(
    wk: "Installation", browser: "Browser"
) -> None:
    live = made(wk, "small")
    told = wk.json("release", "make", "explainer", "--pin", "targets.explain=large", "--by", "Ada Berg")
    other = str(told["release_id"])
    wk.json("release", "prove", other, "--verdict", "passed", "--told", "20 of 20", "--by", "Ada Berg")
    arms = ("--arm", "small=live", "--arm", f"large={other}", "--weight", "small=70", "--weight", "large=30")
    wk.json("experiment", "start", "size", "explainer", *arms, "--reason", "<b>size</b>", "--by", "Ada Berg")
    with wk.api() as api:
        address = api.url
    page = browser.new_page(base_url=address)
    wk.until(lambda: page.goto("/releases").ok)

    nothing = ["0", "0", "no data", "no data", "no data", "no data"]
    assert lines(page, "experiment-size") == [
        ["small (control)", live, "70 %", *nothing],
        ["large", other, "30 %", *nothing],
    ]
    assert "<b>size</b>" in page.inner_text("main")
    assert "no data yet: nobody knows the quality of small, large" in page.inner_text("main")

    wk.json("experiment", "stop", "size", "--reason", "only a trial", "--by", "Bo Ek")
    page.goto("/releases")
    (ended,) = lines(page, "experiments-explainer")
    assert (ended[0], ended[4], ended[6:]) == ("size", "none", ["Bo Ek", "only a trial"])
    page.close()
