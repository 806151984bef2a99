"""What applications and people record, in a real browser: queries, metrics, scores, feedback."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.pages.telemetry.conftest import until

if TYPE_CHECKING:
    from conftest import Site, Traffic  # type: ignore[attr-defined] # of this folder and the one above
    from playwright.sync_api import Locator, Page

pytestmark = pytest.mark.slow

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALL = f"/calls/{TRACE}/{SPAN}"
QUERIES = 60
WITHIN_S = 30.0


def ns_before(now: datetime, seconds: float) -> int:
    return int((now.timestamp() - seconds) * 1e9)


def point(now: datetime, ago_s: float, value: float) -> dict[str, Any]:
    told = {"workload": "shop", "name": "ndcg_at_10", "value": value, "tags": {"route": "fast"}}
    return {**told, "ts_ns": ns_before(now, ago_s)}


def query(now: datetime, n: int) -> dict[str, Any]:
    return {
        "workload": "shop",
        "query_id": f"query-{n:02d}",
        "ts_ns": ns_before(now, 60 + 60 * n),
        "latency_ms": 10.0 + n,
        "query_type": "lookup" if n % 2 else "chat",
        "text": f"where is parcel {n} <b>",
        "results": None if n == 3 else n,
        "components": ["retrieve", "rank", "model"],
        "error": "no index" if n % 10 == 0 else None,
        "trace_id": TRACE,
    }


@pytest.fixture(scope="module")
def site(recording: "Traffic") -> "Site":
    """A server with one call, sixty queries, a score, and a metric with a gap in it."""
    recording.call(SPAN, trace_id=TRACE, input_tokens=5, output_tokens=6, ago_s=30)
    now = recording.now
    with recording.site.api() as api:
        api.post("/queries", [query(now, n) for n in range(QUERIES)])
        # The last half hour, but for ten minutes of it; and the hour before the last.
        ago = [*range(60, 600, 60), *range(1260, 1800, 60), *range(3720, 7100, 60)]
        api.post("/metrics", [point(now, one, 0.9 if one < 3600 else 0.5) for one in ago])
        score = {"workload": "shop", "name": "relevance", "value": 0.8, "label": "good"}
        api.post("/evaluations", {**score, "evaluator": "judge-1", "trace_id": TRACE, "span_id": SPAN})
        until(lambda: len(api.get("/queries", {"limit": 100})["rows"]) == QUERIES)
        until(lambda: api.get("/evaluations")["rows"])
    recording.until_there(TRACE, 1)
    return recording.site


def rows(page: "Page", mark: str) -> "Locator":
    return page.locator(f"#{mark} tbody tr")


def column(page: "Page", mark: str, title: str) -> list[str]:
    rows(page, mark).first.wait_for()
    heads = [text.rstrip(" ▲▼") for text in page.locator(f"#{mark} th").all_inner_texts()]
    cells = page.locator(f"#{mark} tbody td:nth-child({heads.index(title) + 1})")
    return [text.replace("\u00a0", " ").strip() for text in cells.all_inner_texts()]


@pytest.mark.requirement("HE-56")
def test_the_last_50_queries_are_logged_sorted_and_filtered(page: "Page") -> None:
    page.goto("/queries")
    shown = column(page, "queries", "query")
    assert shown == [f"query-{n:02d}" for n in range(50)]
    assert column(page, "queries", "components")[0] == "retrieve › rank › model"
    assert column(page, "queries", "results")[2:5] == ["2", "no data", "4"]
    assert column(page, "queries", "text")[1] == "where is parcel 1 <b>"
    assert column(page, "queries", "latency")[:2] == ["10.0 ms", "11.0 ms"]
    page.locator("#queries th").get_by_text("results").click()
    page.wait_for_url("**sort=-results**")
    largest = column(page, "queries", "results")
    assert largest[0] == "49" and largest[-1] == "no data"
    page.select_option("#status", "failed")
    page.wait_for_url("**status=failed**")
    assert set(column(page, "queries", "status")) == {"✕ no index"}
    page.goto("/queries?query_type=lookup&status=ok")
    assert set(column(page, "queries", "type")) == {"lookup"}
    rows(page, "queries").first.get_by_role("link").click()
    page.wait_for_url(f"**/traces/{TRACE}")


@pytest.mark.requirement("HE-53", "HE-58")
def test_a_recorded_metric_is_drawn_with_its_gap_its_statistics_and_the_period_before(page: "Page") -> None:
    page.goto("/series?range=1h")
    page.locator("#metric-ndcg-at-10 svg").wait_for()
    page.select_option("#name", "ndcg_at_10")
    page.wait_for_url("**name=ndcg_at_10**")
    page.select_option("#compare", "before")
    page.wait_for_url("**compare=before**")
    page.locator("#metric-ndcg-at-10 svg").get_by_text("mean, before").wait_for()
    table = page.locator("#values tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.textContent))"
    )
    now = [row[1] for row in table][::-1]
    assert set(now) == {"no data", "0.9"}
    assert "no data" in now[now.index("0.9") : -now[::-1].index("0.9")], "the gap is one"
    assert "0.5" in {row[2] for row in table}
    names, values = (page.locator(f"#statistics {tag}").all_inner_texts() for tag in ("dt", "dd"))
    told = dict(zip(names, values, strict=True))
    assert told["count"] == "18" and float(told["mean"]) == pytest.approx(0.9)
    assert {"median", "standard deviation", "min", "max", "P95", "P99"} <= set(told)
    page.fill("#tags", "route=slow")
    page.locator("#controls button[type=submit]").click()
    page.wait_for_url("**tags=route**")
    page.get_by_text("no data in this time").wait_for()


def test_a_score_is_told_beside_its_call(page: "Page") -> None:
    page.goto(CALL)
    assert column(page, "evaluations", "score") == ["0.8"]
    assert column(page, "evaluations", "by") == ["judge-1"]


@pytest.mark.requirement("FA-74", "W4-14", "W4-15")
def test_feedback_is_given_by_hand_kept_and_listed_with_how_satisfied_people_are(
    page: "Page", site: "Site"
) -> None:
    page.goto(CALL)
    page.locator("#feedback-form button").click()
    page.get_by_text("choose a thumb, or write something").wait_for()
    page.get_by_label("▼ bad").check()
    page.get_by_label("comment").fill("It names <b>another</b> parcel.")
    page.get_by_label("what it should have answered").fill("It is in Umeå.")
    page.get_by_label("your name").fill("Ada Berg")
    page.locator("#feedback-form button").click()
    page.get_by_text("✓ kept").wait_for()
    page.locator("#feedback tbody tr").first.wait_for(timeout=15_000)
    assert column(page, "feedback", "rating") == ["▼ bad"]
    assert column(page, "feedback", "comment") == ["It names <b>another</b> parcel."]
    with site.api() as api:
        found = api.get("/feedback", {"trace_id": TRACE})["rows"]
        rated = api.get("/feedback/satisfaction")
    assert [(one["rating"], one["correction"], one["author"]) for one in found] == [
        ("thumbs_down", "It is in Umeå.", "Ada Berg")
    ]

    page.goto("/feedback")
    assert f"{rated['positive']} of {rated['total']} ratings" in page.inner_text("#satisfaction")
    assert f"{100 * rated['share']:.1f} %" in page.inner_text("#satisfaction")
    assert "It is in Umeå." in column(page, "feedback", "correction")
    page.goto("/feedback?rating=thumbs_down&author=Ada+Berg")
    assert column(page, "feedback", "by") == ["Ada Berg"]
    page.get_by_role("link", name="the call").click()
    page.wait_for_url(f"**{CALL}")
