"""When a run may be called a success: sections that answered, and answers that say enough."""

from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest

from watchkeeper.workloads.annual_reports.acceptance import Acceptance, AcceptanceTally, acceptance_told
from watchkeeper.workloads.annual_reports.result_line import DocumentResult
from watchkeeper.workloads.annual_reports.samples.book import make_sample
from watchkeeper.workloads.annual_reports.worker import DocumentWorker, WorkerSetup


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DocumentResult]:
    folder = tmp_path_factory.mktemp("accepted")
    sample = make_sample(5)
    path = folder / sample.name
    path.write_bytes(sample.pdf)
    worker = DocumentWorker(
        WorkerSetup(
            data_dir=folder,
            run_id="RUN_1767225600",
            ocr=False,
            max_pages=1500,
            cache_ttl_s=3600.0,
            cache_bytes=10_000_000,
            receipt_file_bytes=64_000_000,
        )
    )
    yield worker.process(path)
    worker.close()


def of(*results: DocumentResult) -> Acceptance:
    tally = AcceptanceTally()
    for result in results:
        tally.add(result)
    return tally.standing()


def without(result: DocumentResult, *agents: str) -> DocumentResult:
    """The result as it would be had every reader failed on these agents."""
    failed = [
        replace(one, error="timeout") if one.agent in agents and one.target == "layout" else one
        for one in result.receipts
    ]
    broken = [
        replace(one, json_ok=False) if one.agent in agents and one.target != "layout" else one
        for one in failed
    ]
    return replace(result, receipts=tuple(broken))


def test_a_report_read_in_all_its_parts_is_accepted(read: DocumentResult) -> None:
    found = of(read)
    assert (found.sections, found.sections_passed, found.accepted) == (8, 8, True)
    assert found.rate is not None and found.rate >= 0.8


def test_with_six_sections_of_eight_a_run_may_pass_and_with_five_it_may_not(read: DocumentResult) -> None:
    others = [read] * 20
    six = of(without(read, "cash_flow", "note_loans"), *others)
    five = of(without(read, "cash_flow", "note_loans", "property"), *others)
    assert (six.sections_passed, six.accepted) == (6, True)
    assert (five.sections_passed, five.accepted) == (5, False)
    assert five.missed == ("cash_flow", "note_loans", "property")


def test_answers_that_lack_most_of_what_is_expected_are_not_accepted(read: DocumentResult) -> None:
    empty = replace(read, decisions={})
    found = of(read, empty)
    assert found.sections_passed == 8
    assert found.accepted is False
    assert acceptance_told(asdict(found)).startswith("not accepted: 8 of 8 sections answered")


def test_a_run_that_read_nothing_is_not_accepted_and_says_no_data() -> None:
    found = of()
    assert (found.rate, found.accepted) == (None, False)
    assert acceptance_told(asdict(found)).endswith("no data on answers")
