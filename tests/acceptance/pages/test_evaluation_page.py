"""The evaluation pages in a real browser: runs with their scores, a run's worst items, two runs compared."""

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]

SUITE = "name: quiz\ndataset: {}.jsonl\nscorers:\n- exact: {{}}\n- words: {{least: 1, most: 3}}\n"


def lines(page: "Page", mark: str) -> list[list[str]]:
    page.locator(f"#{mark} tbody tr").first.wait_for()
    return [row.split("\t") for row in page.inner_text(f"#{mark} tbody").split("\n")]


def kept(site: "Site", name: str, wrong: int) -> str:
    """Runs the suite over 12 given answers of which some are wrong; the run's id."""
    items = [
        {
            "id": f"item-{n}",
            "input": "?",
            "expected": "Oslo",
            "output": "<b>Bergen</b> or so" if n < wrong else "Oslo",
            "tags": {"right": "no" if n < wrong else "yes"},
        }
        for n in range(12)
    ]
    (site.folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, items)), encoding="utf-8")
    (site.folder / f"{name}.yaml").write_text(SUITE.format(name), encoding="utf-8")
    done = site.wk("eval", "run", f"{name}.yaml", "--output", f"{name}.run", "--by", "Ada Berg", "--json")
    assert done.returncode == 0, done.stderr
    return str(json.loads(done.stdout)["kept_as"])


def test_the_pages_show_runs_with_intervals_the_worst_items_and_what_changed(
    bare_site: "Site", browser: "Browser"
) -> None:
    before, after = kept(bare_site, "before", 6), kept(bare_site, "after", 0)
    golden = ("--golden", "before.jsonl", "--output", "verdicts.run", "--by", "Ada Berg")
    measured = bare_site.wk("eval", "judge", "before.yaml", *golden)
    assert measured.returncode == 0, measured.stderr
    page = browser.new_page(base_url=bare_site.address)

    page.goto("/evaluation")
    runs = lines(page, "runs")
    assert [row[1:4] for row in runs] == [
        ["exact", "1.000", "0.735 to 1.000"],
        ["words", "1.000", "0.735 to 1.000"],
        ["exact", "0.500", "0.211 to 0.789"],
        ["words", "1.000", "0.735 to 1.000"],
    ]
    assert runs[2][4].startswith("0.500 (") and runs[2][5:7] == ["12", "12"]
    assert runs[3][4] == "no better than chance"
    judges = {row[1]: row for row in lines(page, "judges")}
    assert judges["exact"][2:7] == ["6 of 6", "54 to 100 %", "6 of 6", "54 to 100 %", "0"]
    assert judges["words"][8:10] == ["exact: 50.00 %", "item-0, item-1, item-2, item-3 and 2 more"]
    assert judges["exact"][9] == "none"

    page.goto(f"/evaluation/runs/{before}?scorer=exact&outcome=wrong")
    items = lines(page, "items")
    assert [row[1:4] for row in items] == [["0.000", "<b>Bergen</b> or so", "expected Oslo"]] * 6
    page.locator("#outcome").select_option("not checked")
    page.get_by_text("no such item").wait_for()
    assert "outcome=not+checked" in page.url, "what is chosen stands in the address"

    page.locator("#others a").click()
    page.locator("#scorers tbody").wait_for()
    assert page.url.endswith(f"before={before}&after={after}")
    exact, words = lines(page, "scorers")
    assert (exact[1], exact[6]) == ("✓ better", "+0.500") and exact[8] == "0.031"
    assert words[1] == "• no difference shown"
    moved = lines(page, "moved-exact")
    assert len(moved) == 6
    assert moved[0][1:] == ["0.000", "1.000", "+1.000", "<b>Bergen</b> or so", "Oslo"]
    assert page.locator("#moved-words").count() == 0
    page.close()
