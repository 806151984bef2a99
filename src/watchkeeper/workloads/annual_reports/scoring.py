"""Scoring a run against labels: how right each reader and the consensus were, joined to receipts."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.truth import Score, Truth, accuracy, score_field
from watchkeeper.workloads.annual_reports.consensus import Verdict
from watchkeeper.workloads.annual_reports.result_line import DocumentResult

Labels = Mapping[str, Mapping[str, Truth]]
"""What documents state: by file name, by field."""

LARGEST = 10**15
"""No report states a number as large; one with more digits than a float holds cannot be compared."""
CANARY_FIELDS = ("org_no", "assets", "total_debt", "cash", "chairman", "auditor")


@dataclass(frozen=True, slots=True)
class AgreedWrong:
    """A field on which the readers agree and are wrong: agreement is no proof."""

    document: str
    field: str
    value: object
    truth: object


@dataclass(slots=True)
class Scorecard:
    """The scores of the documents of a run that have labels."""

    documents: int = 0
    scores: dict[str, list[Score]] = field(default_factory=dict)
    """Of the consensus, by field."""
    confident_right: int = 0
    confident: int = 0
    """Fields given with a confidence of 0.9 or more."""
    agreed_wrong: list[AgreedWrong] = field(default_factory=list)

    def accuracy(self, fields: Collection[str] | None = None) -> float | None:
        """The share of right fields, 0 to 1, of all or some fields; None without scores."""
        counted = [
            one for name, all_of in self.scores.items() for one in all_of if not fields or name in fields
        ]
        return accuracy(counted)

    def count(self, score: Score) -> int:
        """How many fields came out so."""
        return sum(one is score for all_of in self.scores.values() for one in all_of)


def load_labels(path: Path) -> Labels:
    """A labels file: by document `{"fields": {name: {"value", "accept"}}}`.

    Raises:
        InvalidInputError: The file is not of that form.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return {
            document: {
                name: Truth(
                    _stated(truth["value"], f"{document} {name}"),
                    tuple(_stated(one, f"{document} {name}") for one in truth.get("accept", ())),
                )
                for name, truth in entry["fields"].items()
            }
            for document, entry in data.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as problem:
        raise InvalidInputError(
            f"{path} is not a labels file: {type(problem).__name__}: {problem}",
            action='it maps file names to {"fields": {name: {"value": …}}}',
        ) from problem


def _stated(value: Any, where: str) -> object:
    """A value that a report can state.

    Raises:
        ValueError: It is none.
    """
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and not abs(value) < LARGEST:  # nor is NaN below it
        raise ValueError(f"{where} is not a number that a report can state")
    if isinstance(value, dict):
        raise ValueError(f"{where} is an object and no value")
    stated: object = value
    return stated


def add_scores(card: Scorecard, result: DocumentResult, labels: Labels, ignored: Collection[str]) -> None:
    """Count one document's fields; a document without labels counts in nothing."""
    truths = labels.get(result.document)
    if truths is None or result.status != "ok":
        return
    card.documents += 1
    for name, truth in truths.items():
        decision = result.decisions.get(name)
        value = decision.value if decision else None
        score = score_field(value, truth, ignored=ignored)
        card.scores.setdefault(name, []).append(score)
        if decision is None or value is None:
            continue
        if (decision.confidence or 0.0) >= 0.9:
            card.confident += 1
            card.confident_right += score is Score.RIGHT
        if decision.verdict is Verdict.AGREED and score is not Score.RIGHT:
            card.agreed_wrong.append(AgreedWrong(result.document, name, value, truth.value))


def receipt_scores(
    result: DocumentResult,
    labels: Labels,
    agents: Mapping[str, Sequence[str]],
    *,
    ignored: Collection[str],
    workload: str,
) -> list[dict[str, object]]:
    """A score for each receipt of a document whose agent has labelled fields.

    Of a document that was read with a release the call is named too: the score is a verdict on it.

    Args:
        result: What was read.
        labels: The truths.
        agents: Fields by agent.
        ignored: Words that do not tell names apart.
        workload: For the rows.
    """
    truths = labels.get(result.document, {})
    rows: list[dict[str, object]] = []
    for receipt in result.receipts:
        known = [name for name in agents.get(receipt.agent or "", ()) if name in truths]
        if not known or receipt.error is not None:
            continue
        found = result.readings.get(receipt.target, {})
        right = sum(
            score_field(found[name].value if name in found else None, truths[name], ignored=ignored)
            is Score.RIGHT
            for name in known
        )
        row: dict[str, object] = {
            "receipt_id": receipt.receipt_id,
            "workload": workload,
            "document": result.document,
            "agent": receipt.agent,
            "model": receipt.model,
            "right": right,
            "scored": len(known),
        }
        if result.release is not None:
            row |= {"trace_id": receipt.trace_id, "span_id": receipt.span_id}
        rows.append(row)
    return rows
