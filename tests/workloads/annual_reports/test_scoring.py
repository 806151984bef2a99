"""Scoring against labels: what is right, what readers agree on wrongly, and which receipt gave it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.evaluation.truth import Score, Truth
from watchkeeper.workloads.annual_reports.consensus import Decision, decide
from watchkeeper.workloads.annual_reports.reading import FieldReading
from watchkeeper.workloads.annual_reports.result_line import DocumentResult
from watchkeeper.workloads.annual_reports.scoring import (
    AgreedWrong,
    Scorecard,
    add_scores,
    load_labels,
    receipt_scores,
)

LABELS = {"a.pdf": {"assets": Truth(301), "cash": Truth(None), "chairman": Truth("Siv Berg")}}


def reading(value: object) -> FieldReading:
    return FieldReading(
        value=value,  # type: ignore[arg-type]
        page=1,
        confidence=0.97,
        printed=str(value),
        box=None,
        rule="told",
    )


def decided(field: str, **said: object) -> Decision:
    return decide(field, {name: reading(value) for name, value in said.items()}, readers=2)


def result(*decisions: Decision, status: str = "ok") -> DocumentResult:
    return DocumentResult(
        document="a.pdf", path="a.pdf", status=status, decisions={one.field: one for one in decisions}
    )


def scored(*decisions: Decision, status: str = "ok") -> Scorecard:
    card = Scorecard()
    add_scores(card, result(*decisions, status=status), LABELS, frozenset())
    return card


def test_a_missing_field_is_missed_and_a_rightly_blank_one_is_right() -> None:
    card = scored(decided("assets", layout=301, flow=301))
    assert {name: found[0] for name, found in card.scores.items()} == {
        "assets": Score.RIGHT,
        "cash": Score.RIGHT,
        "chairman": Score.MISSED,
    }
    assert card.accuracy() == pytest.approx(2 / 3)
    assert card.accuracy(["chairman"]) == 0.0


def test_a_value_where_the_report_states_none_is_invented() -> None:
    card = scored(decided("cash", layout=7, flow=7))
    assert card.scores["cash"] == [Score.INVENTED]


def test_readers_that_agree_and_are_wrong_are_told() -> None:
    card = scored(
        decided("assets", layout=500, flow=500), decided("chairman", layout="Ulf Ek", flow="Siv Berg")
    )
    assert card.agreed_wrong == [AgreedWrong("a.pdf", "assets", 500, 301)]


def test_confident_answers_are_counted_apart() -> None:
    card = scored(decided("assets", layout=301, flow=301), decided("chairman", layout="Ulf Ek"))
    assert (card.confident, card.confident_right) == (1, 1)


def test_documents_without_labels_or_without_fields_count_in_nothing() -> None:
    assert scored(status="needs_ocr").documents == 0
    assert scored(status="error").accuracy() is None


def receipt(target: str, agent: str, error: str | None = None) -> Receipt:
    return Receipt(
        receipt_id=f"{target}-{agent}",
        ts="2026-01-01T00:00:00.000000Z",
        trace_id="t",
        span_id="s",
        workload="w",
        agent=agent,
        target=target,
        provider="baseline",
        model=target,
        latency_ms=1.0,
        error=error,
    )


def test_each_receipt_is_scored_by_its_own_readers_fields_of_its_own_agent() -> None:
    read = replace(
        result(),
        readings={
            "layout": {"assets": reading(301)},
            "flow": {"assets": reading(9), "chairman": reading("Siv Berg")},
        },
        receipts=(
            receipt("layout", "balance_sheet"),
            receipt("flow", "balance_sheet"),
            receipt("flow", "governance"),
            receipt("layout", "governance", error="baseline_failed: a defect"),
            receipt("layout", "unlabelled"),
        ),
    )
    agents = {
        "balance_sheet": ("assets", "cash"),
        "governance": ("chairman",),
        "unlabelled": ("depreciation",),
    }
    rows = receipt_scores(read, LABELS, agents, ignored=frozenset(), workload="w")
    assert {str(row["receipt_id"]): (row["right"], row["scored"]) for row in rows} == {
        "layout-balance_sheet": (2, 2),
        "flow-balance_sheet": (1, 2),
        "flow-governance": (1, 1),
    }


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a.pdf": {}}', '{"a.pdf": {"fields": {"assets": 1}}}', '{"a.pdf": 3}']
)
def test_a_file_that_is_no_labels_file_is_refused_with_its_form(tmp_path: Path, text: str) -> None:
    path = tmp_path / "labels.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InvalidInputError, match="is not a labels file"):
        load_labels(path)


@pytest.mark.parametrize("value", ["NaN", "1e999", "1" + "0" * 400, '{"sek": 1}'])
def test_a_label_no_report_can_state_is_told_with_its_document_and_field(tmp_path: Path, value: str) -> None:
    path = tmp_path / "labels.json"
    path.write_text('{"a.pdf": {"fields": {"assets": {"value": ' + value + "}}}}", encoding="utf-8")
    with pytest.raises(InvalidInputError, match=r"a\.pdf assets is"):
        load_labels(path)


def test_labels_are_read_with_their_other_forms(tmp_path: Path) -> None:
    path = tmp_path / "labels.json"
    entry = {"fields": {"assets": {"value": 301, "accept": [300], "page": 4}}}
    path.write_text(json.dumps({"a.pdf": entry}), encoding="utf-8")
    assert load_labels(path) == {"a.pdf": {"assets": Truth(301, (300,))}}
