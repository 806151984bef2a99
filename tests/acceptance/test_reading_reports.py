"""The main job: reports in, a line each out, receipts for every step, everything found again."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.app.client import ApiClient
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.domain.receipt import COLUMNS

if TYPE_CHECKING:
    from conftest import FinishedRun, Installation

CONTRACT_COLUMNS = re.findall(
    r"\w+",
    "receipt_id ts trace_id span_id parent_receipt_id workload run_id item_id agent route target provider "
    "model release key_id attempt stream http_status finish_reason latency_ms ttft_ms input_tokens "
    "output_tokens cache_read_tokens cache_write_tokens reasoning_tokens cost_usd cost_source price_version "
    "cached degraded json_ok schema_ok error prompt_sha256 response_sha256 document_sha256 prev_sha256",
)
INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")


@pytest.mark.requirement("GF-09")
def test_the_run_id_is_printed_first_and_finds_everything_again(
    office: "Installation", first_run: "FinishedRun"
) -> None:
    run_id = first_run.run_id
    assert re.fullmatch(r"(RUN|RECOVERY)_\d{10}(_\d+)?", run_id)
    assert {line["run_id"] for line in first_run.lines} == {run_id}
    with office.api() as api:
        assert api.get(f"/runs/{run_id}")["status"] == "finished"
        assert {one["document"] for one in api.get(f"/runs/{run_id}/results")} == {
            line["document"] for line in first_run.lines
        }
    tailed = office.json("receipts", "tail", "--run", run_id, "--limit", 1000)
    assert {row["receipt"]["receipt_id"] for row in tailed} == {
        receipt for line in first_run.lines for receipt in line["receipts"]
    }
    assert run_id in office.run("receipts", "tail", "--run", run_id, "--limit", 1).stdout


def test_a_line_is_as_the_contract_fixes_it(first_run: "FinishedRun", reports: Path) -> None:
    assert sorted(line["document"] for line in first_run.lines) == sorted(
        p.name for p in reports.glob("*.pdf")
    )
    for line in first_run.lines:
        assert list(line)[:8] == [
            *("document", "status", "error", "run_id", "fields", "seconds", "pages", "receipts")
        ]
        assert (line["status"], line["error"]) == ("ok", None)
        assert line["pages"] > 0
        for field in line["fields"].values():
            assert list(field)[:4] == ["value", "page", "confidence", "readers"]
            if field["value"] is None:
                assert field["page"] is None
                assert field["confidence"] is None
            else:
                assert field["page"] is None or 1 <= field["page"] <= line["pages"]
                assert 0 < field["confidence"] <= 1
        assert set(line["fields"]["assets"]["readers"]) == {"layout", "flow"}


def test_what_is_read_is_what_the_reports_state(first_run: "FinishedRun", reports: Path) -> None:
    labels = json.loads((reports / "labels.json").read_text(encoding="utf-8"))
    for line in first_run.lines:
        truth = labels[line["document"]]["fields"]["assets"]["value"]
        assert line["fields"]["assets"]["value"] == truth


def test_every_reader_and_agent_leaves_one_receipt_with_the_columns_of_the_contract(
    office: "Installation", first_run: "FinishedRun"
) -> None:
    kept = office.receipts()
    for line in first_run.lines:
        receipts = [kept[receipt_id] for receipt_id in line["receipts"]]
        asked = [(receipt["target"], receipt["agent"]) for receipt in receipts]
        assert len(asked) == len(set(asked)) == 32, "two readers, sixteen agents"
        for receipt in receipts:
            assert list(receipt)[: len(CONTRACT_COLUMNS)] == CONTRACT_COLUMNS
            assert tuple(receipt) == COLUMNS
            assert (receipt["provider"], receipt["http_status"], receipt["cost_usd"]) == (
                "baseline",
                None,
                "0",
            )
            assert (receipt["workload"], receipt["item_id"]) == ("annual-reports", line["document"])
            assert receipt["document_sha256"] == line["sha256"]
            assert INSTANT.match(receipt["ts"])


def test_each_receipt_is_a_span_with_the_same_ids(office: "Installation", first_run: "FinishedRun") -> None:
    kept = office.receipts()
    line = first_run.lines[0]
    with office.api() as api:
        spans = {
            span["receipt_id"]: span for span in office.until(lambda: _trace(api, kept, line), within_s=10)
        }
    for receipt_id in line["receipts"]:
        receipt, span = kept[receipt_id], spans[receipt_id]
        for column in ("trace_id", "span_id", "run_id", "item_id", "agent", "model", "document_sha256"):
            assert span[column] == receipt[column]


def _trace(api: ApiClient, kept: dict[str, dict[str, str]], line: dict[str, Any]) -> Any:
    """The spans of a document's trace, once telemetry has them all."""
    try:
        found = api.get(f"/traces/{kept[line['receipts'][0]]['trace_id']}")
    except NotFoundError:
        return None
    return found if len(found) == len(line["receipts"]) else None


@pytest.mark.requirement("GF-74")
def test_results_are_kept_for_every_reader_and_the_consensus(
    office: "Installation", first_run: "FinishedRun"
) -> None:
    line = first_run.lines[0]
    with office.api() as api:
        found = api.get(f"/runs/{first_run.run_id}/documents/{line['document']}")
    assert sorted(one["model"] for one in found) == ["consensus", "flow", "layout"]
    for one in found:
        assert one["run_id"] == first_run.run_id
        assert one["success"] is True
        assert one["processing_ms"] > 0
        assert one["created_at"]
    consensus = next(one for one in found if one["model"] == "consensus")
    values = {name: field["value"] for name, field in consensus["data"]["fields"].items()}
    assert values == {name: field["value"] for name, field in line["fields"].items()}


@pytest.mark.requirement("GF-13")
def test_the_run_record_says_coaching_is_off(office: "Installation", first_run: "FinishedRun") -> None:
    with office.api() as api:
        run = api.get(f"/runs/{first_run.run_id}")
    assert run["coaching"] is False
    status = office.json("status")
    assert status["coaching_sessions"] == 0


def test_a_run_outside_production_is_recorded_without_preflight(
    office: "Installation", first_run: "FinishedRun"
) -> None:
    with office.api() as api:
        run = api.get(f"/runs/{first_run.run_id}")
    assert (run["production"], run["preflight"]) == (False, "pre-flight not run")
    assert "pre-flight not run" in first_run.stdout


@pytest.mark.requirement("GF-70")
def test_the_corpus_lists_what_was_read_with_its_status(
    office: "Installation", first_run: "FinishedRun"
) -> None:
    listed = office.json("documents", "list", "--limit", 500)
    by_hash = {one["sha256"]: one for one in listed["documents"]}
    for line in first_run.lines:
        assert by_hash[line["sha256"]]["status"] == "ok"
        assert by_hash[line["sha256"]]["pages"] == line["pages"]
    table = office.run("documents", "list").stdout
    assert "documents" in table.splitlines()[-1]
    assert first_run.lines[0]["sha256"][:8] in table


@pytest.mark.requirement("GF-16", "GF-76")
def test_the_last_receipts_show_status_latency_and_accuracy_once_scored(
    office: "Installation", first_run: "FinishedRun"
) -> None:
    rows = office.json("receipts", "tail", "--run", first_run.run_id)
    assert len(rows) == min(100, sum(len(line["receipts"]) for line in first_run.lines))
    scored = [row for row in rows if row["accuracy"] is not None]
    assert scored, "the run had labels"
    assert all(0 <= row["accuracy"] <= 1 for row in scored)
    for row in rows:
        receipt = row["receipt"]
        assert receipt["run_id"] == first_run.run_id
        assert receipt["model"] in {"layout", "flow"}
        assert receipt["latency_ms"] >= 0
    table = office.run("receipts", "tail", "--run", first_run.run_id, "--limit", 5).stdout
    for column in ("time", "run", "model", "HTTP", "latency ms", "accuracy", "error", "document"):
        assert column in table.splitlines()[1]


@pytest.mark.requirement("GF-17")
def test_success_is_told_for_each_reader_and_the_target_beside_it(
    office: "Installation", first_run: "FinishedRun"
) -> None:
    found = office.json("receipts", "success", "--run", first_run.run_id)
    assert [(one["model"], one["rate"], one["below_target"]) for one in found["models"]] == [
        ("flow", 1.0, False),
        ("layout", 1.0, False),
    ]


@pytest.mark.slow
@pytest.mark.requirement("GF-23")
def test_a_second_run_takes_sections_from_the_cache_and_logs_the_short_hash(
    office: "Installation", first_run: "FinishedRun", reports: Path
) -> None:
    office.run("down")  # the cache outlives the server
    again = office.json("run", "annual-reports", reports, "--output", "again.jsonl")
    assert again["cache_hits"] == len(first_run.lines)
    assert again["section_cache"]["hits"] >= len(first_run.lines)
    assert again["section_cache"]["misses"] >= len(first_run.lines)
    assert 0 < again["section_cache"]["hit_rate"] < 1
    log = (office.data_dir / "logs" / "workers.jsonl").read_text(encoding="utf-8")
    for line in first_run.lines:
        assert f"section cache hit {line['sha256'][:8]}" in log
    fields = {line["document"]: line["fields"] for line in office.lines("again.jsonl")}
    assert fields == {line["document"]: line["fields"] for line in first_run.lines}


@pytest.mark.requirement("GF-01")
def test_status_answers_five_numbers_each_labelled(office: "Installation", first_run: "FinishedRun") -> None:
    block = office.run("status").stdout.split("\n\n", maxsplit=1)[0].splitlines()
    labels = [re.split(r"\s{2,}", line)[0] for line in block]
    assert labels == [
        "documents in the corpus",
        "coaching sessions",
        "golden examples (accuracy 95 % or more)",
        "current learning phase",
        "average accuracy, last 24 h",
    ]
    assert re.search(r"\d+\.\d\d %$", block[-1])


@pytest.mark.slow
@pytest.mark.requirement("GF-01")
def test_status_of_an_empty_installation_says_no_data(wk: "Installation") -> None:
    block = wk.run("status").stdout
    assert re.search(r"average accuracy, last 24 h +no data\n", block)
    assert re.search(r"documents in the corpus +0\n", block)
    assert re.search(r"current learning phase +1 \(exploration\)\n", block)
    found = wk.json("status")
    assert (found["accuracy_24h"], found["agreement"], found["canaries"]) == (None, None, None)


@pytest.mark.requirement("GF-59")
def test_seconds_a_page_are_shown_and_below_two(office: "Installation", first_run: "FinishedRun") -> None:
    found = office.json("status")
    assert 0 < found["seconds_a_page_24h"] < 2
    assert re.search(r"seconds a page, last 24 h +\d\.\d{3} \(good\)", office.run("status").stdout)


@pytest.mark.requirement("GF-58")
def test_agreement_of_the_twins_is_told_by_field_and_together(
    office: "Installation", first_run: "FinishedRun", reports: Path
) -> None:
    found = office.json("twins", "agreement", "--run", first_run.run_id)
    assert found["documents"] == len(first_run.lines)
    counted = [(field["agree"], field["documents"]) for field in found["fields"]]
    assert found["agreement"] == pytest.approx(sum(a for a, _ in counted) / sum(n for _, n in counted))
    bands = {"good": (0.8, 1.01), "watch": (0.6, 0.8), "intervene": (0.0, 0.6)}
    low, high = bands[found["band"]]
    assert low <= found["agreement"] < high
    for groups in (found["agents"], found["days"]):
        assert sum(one["agree"] for one in groups) == sum(agree for agree, _ in counted)
        assert sum(one["fields"] for one in groups) == sum(n for _, n in counted)
    assert {"balance_sheet", "governance", "property"} <= {one["name"] for one in found["agents"]}
    labelled = json.loads((reports / "labels.json").read_text(encoding="utf-8"))
    scored = {name for entry in labelled.values() for name in entry["fields"]}
    rates = [field["rate"] for field in found["fields"] if field["field"] in scored]
    assert sum(rates) / len(rates) >= 0.8
