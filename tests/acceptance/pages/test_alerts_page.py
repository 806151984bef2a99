"""The pages of alerts and of being on call in a real browser: seen, taken on, silenced, stood in for."""

from typing import TYPE_CHECKING

import pytest

from watchkeeper.testing.webhook import Webhook

if TYPE_CHECKING:
    from conftest import Installation  # type: ignore[attr-defined] # of the folder above
    from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]

SETTINGS = """
server: {{port: 0}}
gateway: {{port: 0}}
timezone: Europe/Stockholm
monitoring:
  every_s: 1
  rules:
    - {{name: quiet, workload: shop, calls: requests, below: {{critical: 1}}, unit: "{{calls}}"}}
  maintenance:
    - {{name: backups, workload: "*", days: [sunday], begins: "02:00", ends: "04:00", reason: new disks}}
notification:
  channels:
    pager: {{url: "{url}"}}
oncall:
  people: [ida, jonas]
  contacts:
    ida: {{channels: [pager]}}
    jonas: {{channels: [pager]}}
"""


def lines(page: "Page", mark: str) -> list[list[str]]:
    page.locator(f"#{mark} tbody tr").first.wait_for()
    return [row.split("\t") for row in page.inner_text(f"#{mark} tbody").split("\n")]


@pytest.mark.requirement("HE-52", "HE-54", "HE-57", "FA-02", "FA-64", "GF-06")
def test_an_alert_is_seen_taken_on_and_silenced_and_who_is_on_call_can_be_stood_in_for(
    wk: "Installation", browser: "Browser"
) -> None:
    with Webhook() as hook:
        wk.settings(SETTINGS.format(url=hook.url).replace("{calls}", "calls"))
        assert wk.run("up", "--detach").returncode == 0
        wk.until(lambda: hook.taken)
        with wk.api() as api:
            address = api.url
        page = browser.new_page(base_url=address, viewport={"width": 1440, "height": 900})
        problems: list[str] = []
        page.on("pageerror", lambda failure: problems.append(str(failure)))
        wk.until(lambda: page.goto("/alerts").ok)

        [alert] = lines(page, "active")
        assert alert[:3] == ["P1", "CRITICAL", "firing"]
        assert alert[4] == "shop: requests of calls is 0.00 calls (level 1.00 calls), critical"
        assert alert[9] == "nobody"
        assert lines(page, "letters")[0][1:4] == [lines(page, "letters")[0][1], "pager", "fired"]
        page.locator("#trend canvas").wait_for()

        page.fill("#act [name=by]", "Ida <b>Berg</b>")
        page.fill("#act [name=note]", "looking")
        page.get_by_role("button", name="take on").click()
        page.locator("#active").get_by_text("Ida <b>Berg</b>").wait_for()
        page.get_by_role("button", name="silence", exact=True).click()
        page.locator("#mutes").get_by_text("silence, active").wait_for()

        [again] = lines(page, "recurring")
        assert again[:3] == ["again, planned", "backups of *", "sunday 02:00 to 04:00 Europe/Stockholm"]

        page.goto("/")
        page.locator("#gauge canvas").wait_for()
        watch = page.inner_text("#watch")
        for told in ("55 of 100", "degraded", "active alerts", "1 critical", "calls that failed", "4 of 4"):
            assert told in watch, watch
        machine = page.inner_text("#machine")
        for told in ("GPU memory", "CPU", "memory", "disk", "database connections"):
            assert told in machine, machine

        page.goto("/oncall")
        assert [row[1] for row in lines(page, "steps")] == ["primary", "secondary"]
        page.fill("#stand-in [name=person]", "nobody-knows")
        page.fill("#stand-in [name=reason]", "ill")
        page.fill("#stand-in [name=by]", "Ida")
        page.get_by_role("button", name="stand in from now on").click()
        page.locator("#stand-in-told").get_by_text("'nobody-knows' cannot be reached").wait_for()
        page.fill("#stand-in [name=person]", "jonas")
        page.get_by_role("button", name="stand in from now on").click()
        page.locator("#overrides").get_by_text("jonas").wait_for()
        assert page.locator("#duty").get_by_text("jonas").first.is_visible()
        assert problems == []
        page.close()
