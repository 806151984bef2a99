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


@pytest.mark.requirement("GF-02", "GF-32", "GF-71", "GF-75")
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
    # Whoever shares the school may have forced the last of them.
    known = {"explore", "refine", "maintain", "revert", "golden"}
    assert {row[6].split(" ")[0] for row in lines(page, "runs")} <= known
    assert "phase 1" in page.inner_text("main")
    phase = school.json("status")["phase"]
    assert page.inner_text("#learned") == f"{phase['documents']}/200 documents"
    assert lines(page, "hours")[0][1] == str(school.json("coach", "hours")[0]["runs"])
    assert page.locator("#accuracy").count() == 1
    versions = lines(page, "versions")
    assert any(row[4] != "adopt" for row in versions)
    page.close()


@pytest.mark.requirement("GF-05", "GF-14", "GF-15", "GF-72", "GF-73")
def test_the_page_shows_documents_in_their_order_the_trend_of_an_agent_and_golden_examples(
    school: "Installation", browser: "Browser"
) -> None:
    school.run("status")
    with school.api() as api:
        address = api.url
        documents = api.get("/coaching/annual-reports/documents")
        days = api.get("/coaching/annual-reports/trends")
        golden = api.get("/coaching/annual-reports/golden")
    page = browser.new_page(base_url=address)
    agent = days[0]["agent"]
    school.until(lambda: page.goto(f"/coaching?agent={agent}").ok)

    assert [one["number"] for one in documents] == [1, 2]
    page.locator("#accuracy svg").get_by_text("1 exploration").wait_for()
    [trend] = [row for row in lines(page, "trend") if row[1] == agent]
    assert trend[4] == f"{100 * days[0]['average']:.2f} %"
    assert {row[1] for row in lines(page, "trend")} == {agent}
    assert page.locator("#trend-of a[aria-current]").inner_text() == agent
    assert " → " in page.inner_text("#runs"), "strategies in their order, joined by arrows"
    assert [row[:2] for row in lines(page, "golden")] == [[one["agent"], one["document"]] for one in golden]

    word = page.locator("#golden-word")
    word.locator("select").select_option(golden[0]["example_id"])
    word.get_by_label("your name").fill("Ada Berg")
    word.get_by_role("button", name="it is wrong").click()
    page.get_by_text("kept: it counts no more").wait_for()
    page.locator("#golden tbody tr").first.get_by_text("Ada Berg").wait_for()
    assert lines(page, "golden")[0][4:6] == ["Ada Berg", "no"]
    word.get_by_role("button", name="it is right").click()
    page.locator("#golden tbody tr").first.get_by_text("yes").wait_for()
    page.close()


@pytest.mark.requirement("GF-75")
def test_the_instructions_page_shows_what_changed_between_any_two_versions(
    school: "Installation", browser: "Browser"
) -> None:
    school.run("status")
    with school.api() as api:
        address = api.url
        versions = api.get("/coaching/annual-reports/instructions")
    content = {(one["agent"], one["version"]): one["content"] for one in versions}
    agent, after = next(
        key for key, said in content.items() if key[1] > 1 and said != content[key[0], key[1] - 1]
    )
    page = browser.new_page(base_url=address)
    school.until(
        lambda: page.goto(f"/coaching/instructions?agent={agent}&before={after - 1}&after={after}").ok
    )

    page.locator("#difference").locator(".wk-put-in, .wk-taken-out").first.wait_for()
    shown = lines(page, "versions")
    assert [int(row[0]) for row in shown] == sorted(
        (one["version"] for one in versions if one["agent"] == agent), reverse=True
    )
    page.goto(f"/coaching/instructions?agent={agent}&before=2&after=2")
    page.get_by_text("they say the same").wait_for()
    page.goto(f"/coaching/instructions?agent={agent}&before=77&after=2")
    page.get_by_text("there is no version 77").wait_for()
    page.goto("/twins")
    assert {row[3] for row in lines(page, "days")} != {"no data"}
    assert [row[0] for row in lines(page, "agents")]
    page.close()
