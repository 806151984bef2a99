"""The coaching page in a real browser, over sessions that were really coached."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Installation  # type: ignore[attr-defined] # of the folder above
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]


def lines(page: "Page", mark: str) -> list[list[str]]:
    page.locator(f"#{mark} tbody tr").first.wait_for()
    return [row.split("\t") for row in page.inner_text(f"#{mark} tbody").split("\n")]


@pytest.mark.requirement("GF-71", "GF-75")
def test_the_page_shows_phase_agents_strategies_and_what_each_version_changed(
    school: "Installation", browser: "Browser"
) -> None:
    school.run("status")
    agents = school.json("coach", "top", "--hours", "2000")
    with school.api() as api:
        address = api.url
    page = browser.new_page(base_url=address)
    school.until(lambda: page.goto("/coaching").ok)

    assert {row[0] for row in lines(page, "agents")} == {one["agent"] for one in agents}
    assert lines(page, "phases")[0][0].startswith("1 ")
    assert {row[3] for row in lines(page, "runs")} == {"0"}
    assert {row[6].split(" ")[0] for row in lines(page, "runs")} <= {
        "explore",
        "refine",
        "maintain",
        "revert",
    }
    assert "phase 1" in page.inner_text("main")
    assert page.locator("#accuracy").count() == 1
    versions = lines(page, "versions")
    assert any(row[5] != "adopt" for row in versions)
    # The oldest one shown: a version put back later changes nothing in the one it came from.
    changes = page.locator("details").last
    changes.locator("summary").click()
    assert "+" in changes.inner_text()
    page.close()
