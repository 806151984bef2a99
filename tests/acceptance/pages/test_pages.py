"""The pages as an operator sees them, in a real browser on a real server with a real run."""

import re
from typing import TYPE_CHECKING

import httpx
import pypdfium2
import pytest

from watchkeeper.web import addresses

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.slow

REPORT = "report.pdf"
SCAN = "scan.pdf"
NEAR_POINTS = 4.0
"""A mark stands this much around its value; PDFium measures letters, not the line they stand on."""


def row(page: "Page", table: str, text: str) -> "Locator":
    return page.locator(f"#{table} tbody tr").filter(has_text=text)


def has_count(found: "Locator", count: int) -> None:
    """So many are there, at the latest when the page has settled."""
    from playwright.sync_api import expect

    expect(found).to_have_count(count)


@pytest.mark.requirement("GF-59", "GF-70")
def test_the_overview_tells_the_figures_and_the_last_runs(page: "Page", site: "Site") -> None:
    page.goto("/")
    with site.api() as api:
        status = api.get("/status", {"workload": "annual-reports"})
    figures = page.inner_text("#figures")
    assert re.search(rf"documents\s+{status['documents']}\s", figures)
    assert re.search(rf"twins agree on\s+{100 * status['agreement']:.2f} %", figures)
    assert re.search(rf"seconds a page, 24 h\s+{status['seconds_a_page_24h']:.3f}\s+✓ good", figures)
    assert re.search(r"canaries\s+no data", figures)
    assert "3 of 5" in row(page, "runs", site.run_id).inner_text()
    page.get_by_role("link", name=site.run_id).click()
    page.wait_for_url(f"**/runs/{site.run_id}")


def test_empty_pages_say_what_to_do(site: "Site") -> None:
    assert "no data" in site.empty["/"]
    assert "wk run annual-reports" in site.empty["/"]
    assert "wk run annual-reports" in site.empty["/runs"]
    assert "wk documents add" in site.empty["/documents"]
    assert "no receipt" in site.empty["/receipts"]
    assert "0.00 %" not in "".join(site.empty.values())


@pytest.mark.requirement("GF-74")
def test_a_run_lists_its_results_by_document_and_model(page: "Page", site: "Site") -> None:
    page.goto(f"/runs/{site.run_id}")
    has_count(page.locator("#results tbody tr"), 5)
    read = row(page, "results", REPORT).inner_text()
    assert "consensus" in read and "✓ ok" in read and re.search(r"\d+ of \d+", read)
    page.locator("#models").get_by_text("layout").click()
    page.wait_for_url("**?model=layout")
    assert "layout" in row(page, "results", REPORT).inner_text()
    data = row(page, "results", REPORT).get_by_role("link", name="JSON").get_attribute("href")
    assert httpx.get(f"{site.address}{data}").json()[0]["run_id"] == site.run_id


def test_what_could_not_be_read_says_what_and_what_to_do(page: "Page", site: "Site") -> None:
    page.goto(f"/runs/{site.run_id}")
    assert "✕ error" in row(page, "results", site.names["cut"]).inner_text()
    assert "▲ needs OCR" in row(page, "results", SCAN).inner_text()
    page.goto(site.document(site.names["cut"]))
    assert re.search(
        r"ends before the document does.*\n*What to do: fetch the document", page.inner_text("main"), re.S
    )
    has_count(page.locator("#page img"), 0)
    page.goto(site.document(SCAN))
    assert "What to do: set workloads.annual-reports.ocr: auto" in page.inner_text("[role=alert]")
    assert "no field was read: no data" in page.inner_text("#fields")
    assert page.evaluate("document.querySelector('#page img').decode().then(() => true)")


def test_a_file_that_is_gone_leaves_its_fields(page: "Page", site: "Site") -> None:
    moved = site.reports / "moved.pdf"
    report = (site.reports / "gone.pdf").rename(moved)
    try:
        page.goto(site.document("gone.pdf"))
        assert "What to do: put it back" in page.inner_text("[role=alert]")
        has_count(page.locator("#fields tr[data-field=cash]"), 1)
    finally:
        report.rename(site.reports / "gone.pdf")


def test_the_place_of_each_value_is_marked_on_the_page(page: "Page", site: "Site") -> None:
    stated = site.labels()[REPORT]["fields"]
    page.goto(site.document(REPORT))
    for name in ("org_no", "chairman", "audit_firm", "municipality"):
        page.locator(f"#fields tr[data-field={name}]").click()
        mark = page.locator(f"#page .wk-mark-chosen[data-field={name}]")
        mark.wait_for()
        assert page.locator("#fields tr.wk-chosen").get_attribute("data-field") == name
        shown = int(page.inner_text("#page-number").split()[1])
        x0, top, x1, bottom = place_in_points(page, mark)
        assert any(
            abs(x0 - left) < NEAR_POINTS and x1 > right - NEAR_POINTS and top < middle < bottom
            for left, right, middle in places_printed(site, shown, str(stated[name]["value"]))
        )


def place_in_points(page: "Page", mark: "Locator") -> tuple[float, float, float, float]:
    """Where a mark lies over the picture, in points of the page."""
    picture, box = page.locator("#page img").bounding_box(), mark.bounding_box()
    assert picture is not None and box is not None
    width, height = (float(part) for part in page.locator("#page svg").get_attribute("viewBox").split()[2:])
    assert picture["width"] / picture["height"] == pytest.approx(width / height, rel=0.01)
    scale = width / picture["width"]
    x0, top = (box["x"] - picture["x"]) * scale, (box["y"] - picture["y"]) * scale
    return x0, top, x0 + box["width"] * scale, top + box["height"] * scale


def places_printed(site: "Site", number: int, text: str) -> list[tuple[float, float, float]]:
    """Left, right and middle height in points of each place PDFium finds the text at."""
    document = pypdfium2.PdfDocument(site.reports / REPORT)
    try:
        page = document[number - 1]
        texts, height = page.get_textpage(), page.get_height()
        search, found = texts.search(text), []
        while (place := search.get_next()) is not None:
            start, count = place
            letters = [texts.get_charbox(index) for index in range(start, start + count)]
            letters = [box for box in letters if box[2] > box[0]]
            middle = height - (min(box[1] for box in letters) + max(box[3] for box in letters)) / 2
            found.append((letters[0][0], letters[-1][2], middle))
        return found
    finally:
        document.close()


def test_a_click_on_a_mark_chooses_its_field(page: "Page", site: "Site") -> None:
    page.goto(site.document(REPORT) + "?page=2")
    page.locator("#page .wk-mark[data-field=chairman]").click()
    page.locator("#fields tr.wk-chosen[data-field=chairman]").wait_for()
    assert "chairman = " in page.inner_text("#detail")
    assert re.search(r"flow\s.+\n*layout\s", page.inner_text("#detail"))


@pytest.mark.requirement("GF-27")
def test_twins_stand_side_by_side_under_their_own_names(page: "Page", site: "Site") -> None:
    page.goto(addresses.document(site.planted_run, site.names["script"]))
    heads = page.locator("#fields th").all_inner_texts()
    flow, layout = heads.index("flow"), heads.index("layout")
    cells = page.locator("#fields tr[data-field=assets] td").all_inner_texts()
    right = site.labels()[REPORT]["fields"]["assets"]["value"]
    assert cells[flow].replace("\u00a0", "") == "301339818"
    assert cells[layout].replace("\u00a0", "") == str(right)
    assert cells[-1] == "≠ differ"
    lone = page.locator("#fields tr[data-field=equity] td").all_inner_texts()
    assert (lone[flow], lone[-1]) == ("not found", "◐ not all")
    page.locator("#only-differences").click()
    page.wait_for_url("**only=differences*")
    page.locator("#fields tr[data-field=chairman]").wait_for(state="detached")
    with site.api() as api:
        document = addresses.part(site.names["script"])
        compared = api.get(f"/twins/documents/{site.planted_run}/{document}")["fields"]
    differing = sum(one["verdict"] != "agree" for one in compared)
    has_count(page.locator("#fields tbody tr"), differing)


def test_the_address_keeps_page_and_field(page: "Page", site: "Site") -> None:
    page.goto(site.document(REPORT))
    page.locator("#fields").get_by_role("link", name="cash", exact=True).click()
    page.wait_for_url("**field=cash*")
    page.locator("#next").click()
    page.wait_for_url("**page=5&field=cash")
    page.reload()
    pages = site.labels()[REPORT]["pages"]
    assert page.inner_text("#page-number") == f"page 5 of {pages}"
    assert page.locator("#fields tr.wk-chosen").get_attribute("data-field") == "cash"
    page.goto(site.document(REPORT) + "?page=999&field=nonsense")
    assert page.inner_text("#page-number") == f"page {pages} of {pages}"


def test_pages_turn_and_fields_are_walked_by_keys(page: "Page", site: "Site") -> None:
    page.goto(site.document(REPORT) + "?page=1")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("ArrowRight")
    page.wait_for_url("**page=2")
    page.keyboard.press("j")
    page.wait_for_url("**field=org_no")
    page.keyboard.press("j")
    page.wait_for_url("**field=name")
    page.keyboard.press("k")
    page.wait_for_url("**field=org_no")


def test_a_document_fits_a_laptop_without_scrolling_sideways(page: "Page", site: "Site") -> None:
    page.goto(site.document(REPORT))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.evaluate("(e => e.scrollWidth <= e.clientWidth)(document.querySelector('#fields'))")
    picture = page.locator("#page").bounding_box()
    assert picture is not None and picture["width"] > 500


def test_no_page_is_wider_than_a_telephone(page: "Page", site: "Site") -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    for path in ("/", "/runs", f"/runs/{site.run_id}", site.document(REPORT), "/documents", "/receipts"):
        page.goto(path)
        page.locator("main.wk-page table").first.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") == 390, path
        for place in page.locator(".wk-top a").all():
            box = place.bounding_box()
            assert box is not None and box["x"] + box["width"] <= 390, path


@pytest.mark.parametrize("which", ["odd", "script"])
def test_a_document_of_any_name_is_shown_and_harmless(page: "Page", site: "Site", which: str) -> None:
    name = site.names[which]
    run = site.run_id if which == "odd" else site.planted_run
    page.goto(f"/runs/{run}")
    page.get_by_role("link", name=name, exact=True).click()
    page.locator("#page img").wait_for()
    assert page.inner_text("h1") == name
    assert page.title() == f"{name} · Watchkeeper"
    assert page.evaluate("document.querySelector('#page img').decode().then(() => true)")
    has_count(page.locator("main script, main img[src=x]"), 0)


@pytest.mark.requirement("GF-70")
def test_the_corpus_is_listed_with_number_status_and_hash(page: "Page", site: "Site") -> None:
    page.goto("/documents")
    with site.api() as api:
        corpus = api.get("/documents", {"workload": "annual-reports"})["documents"]
    assert len(corpus) == 5
    has_count(page.locator("#corpus tbody tr"), len(corpus))
    one = next(one for one in corpus if one["name"] == REPORT)
    told = page.locator(f"#corpus tbody tr:nth-child({one['number']})").inner_text()
    assert told.startswith(f"{one['number']}\t{REPORT}\t✓ ok\t")
    assert one["sha256"] in told
    page.locator("#statuses").get_by_text("needs OCR").click()
    page.wait_for_url("**status=needs_ocr")
    has_count(page.locator("#corpus tbody tr"), 1)
    assert SCAN in page.inner_text("#corpus")
    page.goto("/documents?status=new")
    assert page.inner_text("#corpus") == "no document has this status"


@pytest.mark.requirement("GF-16", "GF-76")
def test_the_last_receipts_are_told_with_accuracy_and_filtered_by_run(page: "Page", site: "Site") -> None:
    page.goto("/receipts")
    has_count(page.locator("#receipts tbody tr"), newest_receipts(site))
    assert site.run_id in page.inner_text("#receipts") and site.planted_run in page.inner_text("#receipts")
    failed = row(page, "receipts", "vision-7b").first.locator("td").all_inner_texts()
    assert failed[1:11] == [
        site.planted_run, site.names["script"], "governance", "vision-7b", "500", "1234.5", "no data",
        "unknown", "not scored", "✕ provider_failed: the provider answered 500 <b>",
    ]  # fmt: skip
    page.select_option("#run", site.run_id)
    page.wait_for_url(f"**/receipts?run={site.run_id}")
    told = page.inner_text("#receipts")
    assert site.planted_run not in told
    assert re.search(r"governance\s+layout\s+none\s+[\d.]+\s+no data\s+0\s+\d+\.\d\d %\s+✓ ok", told)


def newest_receipts(site: "Site") -> int:
    with site.api() as api:
        return min(len(api.get("/receipts", {"limit": 1000})), 100)


@pytest.mark.requirement("GF-17")
def test_a_model_below_its_target_is_marked(page: "Page", site: "Site") -> None:
    page.goto("/receipts")
    poor = row(page, "success", "vision-7b").inner_text()
    assert re.search(r"4\s+1\s+25\.00 %\s+✕ below its target of 95\.00 %", poor)
    assert "✓ reaches 95.00 %" in row(page, "success", "layout").inner_text()
    assert re.search(r"500 <b>\s+3\s+<script>", row(page, "errors", "provider_failed").inner_text())


def test_an_unknown_run_and_an_unknown_page_say_so(page: "Page", site: "Site") -> None:
    page.goto("/runs/RUN_1111111111")
    assert "there is no run 'RUN_1111111111'" in page.inner_text("[role=alert]")
    missing = httpx.get(f"{site.address}/nowhere", headers={"accept": "text/html"})
    assert missing.status_code == 404
    assert "there is no page /nowhere" in missing.text


def test_pages_fetch_nothing_from_elsewhere(page: "Page", site: "Site") -> None:
    """The fixture fails on any request to another host; here every page is opened once, and its icon seen."""
    for path in ("/", "/runs", f"/runs/{site.run_id}", site.document(REPORT), "/documents", "/receipts"):
        page.goto(path)
        icon = page.locator("link[rel~=icon]").first.get_attribute("href")
        assert icon is not None and icon.startswith("data:")
