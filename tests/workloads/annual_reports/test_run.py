"""A run's own bookkeeping: rows for the server, from a result and again from a line of the output."""

from pathlib import Path

import pytest

from watchkeeper.app.client import ApiClient
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.truth import Truth
from watchkeeper.testing.clock import MovedClock
from watchkeeper.workloads.annual_reports.consensus import decide
from watchkeeper.workloads.annual_reports.reading import FieldReading
from watchkeeper.workloads.annual_reports.result_line import DocumentResult, output_line, result_of_line
from watchkeeper.workloads.annual_reports.result_rows import result_rows, rows_of_line
from watchkeeper.workloads.annual_reports.run import RunRequest, run_reports
from watchkeeper.workloads.annual_reports.scoring import Scorecard, add_scores
from watchkeeper.workloads.annual_reports.worker import WorkerSetup

SETUP = WorkerSetup(
    data_dir=Path("data"),
    run_id=None,
    ocr=False,
    max_pages=1,
    cache_ttl_s=1.0,
    cache_bytes=1,
    receipt_file_bytes=4096,
)


def reading(value: int) -> FieldReading:
    return FieldReading(value=value, page=4, confidence=0.9, printed=str(value), box=None, rule="told")


def result() -> DocumentResult:
    said = {"layout": reading(301), "flow": reading(301)}
    return DocumentResult(
        document="a.pdf",
        path="a.pdf",
        status="ok",
        sha256="0" * 64,
        pages=9,
        seconds=1.5,
        decisions={"assets": decide("assets", said, readers=2)},
        readings={name: {"assets": one} for name, one in said.items()},
        reader_ms={"layout": 3.0, "flow": 4.0},
    )


def values(rows: list[dict[str, object]]) -> dict[object, object]:
    return {
        row["model"]: {name: one["value"] for name, one in row["data"]["fields"].items()}  # type: ignore[index]
        for row in rows
    }


def test_a_result_gives_a_row_for_the_consensus_and_for_every_reader() -> None:
    rows = result_rows(result())
    assert values(rows) == {name: {"assets": 301} for name in ("consensus", "layout", "flow")}
    assert {row["model"]: row["processing_ms"] for row in rows} == {
        "consensus": 1500.0,
        "layout": 3.0,
        "flow": 4.0,
    }


def test_a_line_gives_the_same_rows_again_but_for_places_and_times() -> None:
    again = rows_of_line(output_line(result(), "RUN_1767225600"))
    assert values(again) == values(result_rows(result()))
    for column in ("workload", "document", "document_sha256", "pages", "success", "status", "error"):
        assert [row[column] for row in again] == [row[column] for row in result_rows(result())]


def test_a_line_is_scored_as_the_result_it_came_from() -> None:
    labels = {"a.pdf": {"assets": Truth(301), "cash": Truth(7)}}
    fresh, again = Scorecard(), Scorecard()
    add_scores(fresh, result(), labels, ())
    add_scores(again, result_of_line(output_line(result(), "RUN_1767225600")), labels, ())
    assert again == fresh
    assert again.accuracy() == 0.5


def test_a_failed_reader_is_told_as_failed_while_the_other_counts() -> None:
    failed = DocumentResult(
        document="a.pdf",
        path="a.pdf",
        status="ok",
        readings={"layout": {"assets": reading(301)}, "flow": {}},
        reader_errors={"flow": "baseline_failed: a defect"},
    )
    flow = next(row for row in result_rows(failed) if row["model"] == "flow")
    assert (flow["success"], flow["status"]) == (False, "error")
    assert flow["error"] == {"code": "baseline_failed", "message": "baseline_failed: a defect"}


class Unwatched:
    """A watcher that must not be told anything."""

    def begun(self, run_id: str, documents: int) -> None:
        raise AssertionError("the run began")

    def finished(self, result: object, progress: object) -> None:
        raise AssertionError("a document was read")


def test_files_of_one_name_are_refused_before_the_run_begins(tmp_path: Path) -> None:
    request = RunRequest(
        files=(tmp_path / "one" / "a.pdf", tmp_path / "two" / "a.pdf"),
        output=tmp_path / "out.jsonl",
        workers=1,
    )
    client = ApiClient("http://127.0.0.1:9")
    with pytest.raises(InvalidInputError, match=r"several files are named a\.pdf"):
        run_reports(request, SETUP, client=client, watcher=Unwatched(), clock=MovedClock())
    assert not request.output.exists()
