"""Sums: a total that is not printed, from other fields of the agent or rows of a section."""

import re
from collections.abc import Iterator
from itertools import combinations

from watchkeeper.workloads.annual_reports.coaching.evidence import lines_of, words_before_number
from watchkeeper.workloads.annual_reports.coaching.proposals import FieldError, Proposal

ROWS_SUFFIX = "_rows"
"""A hint `<section>_rows` names rows of a section that are added up."""


def mine_sums(error: FieldError) -> Iterator[Proposal]:
    """The field as the sum of two other fields, or of two rows of one section."""
    told, value = error.told, error.truth.value
    if told.kind != "amount" or not isinstance(value, int | float):
        return
    truths = error.report.truths
    others = [name for name in error.agent.fields if name != error.name and name in truths]
    for one, two in combinations(others, 2):
        a, b = truths[one].value, truths[two].value
        if told.sum_of or not isinstance(a, int | float) or not isinstance(b, int | float):
            continue
        if a + b == value:
            yield Proposal(told.model_copy(update={"sum_of": (one, two)}), f"the sum of {one} and {two}")
    yield from _of_rows(error, value)


def _of_rows(error: FieldError, value: float) -> Iterator[Proposal]:
    told = error.told
    for kind in dict.fromkeys(one.kind for one in error.report.sections):
        if kind not in ("balance_sheet", "income_statement"):
            continue
        rows = _labelled_rows(error, kind)
        name = f"{kind}{ROWS_SUFFIX}"
        known = told.hints.get(name, ())
        found: list[tuple[str, ...]] = [(label,) for label, number in rows if number == value]
        found += [(one, two) for (one, a), (two, b) in combinations(rows, 2) if a + b == value]
        for labels in found:
            added = tuple(dict.fromkeys((*known, *labels)))
            if added != known:
                yield Proposal(
                    told.model_copy(update={"hints": {**told.hints, name: added}}),
                    f"rows {' and '.join(labels)} of {kind} added up",
                    added[len(known) :],
                )


def _labelled_rows(error: FieldError, kind: str) -> list[tuple[str, float]]:
    """Each labelled row of a section with its first amount, in kronor as printed."""
    pages = {
        page
        for one in error.report.sections
        if one.kind == kind
        for page in range(one.first_page, one.last_page + 1)
    }
    found: list[tuple[str, float]] = []
    for number, lines in lines_of(error.report.document):
        for line in lines if number in pages else ():
            label = words_before_number(line).casefold()
            amounts = [one for one in _amounts(line[len(label) :]) if one > 999]
            if label and amounts:
                found.append((label, amounts[0]))
    return found


def _amounts(text: str) -> list[float]:
    groups = re.findall(r"\d{1,3}(?:[ \u00a0\u202f]\d{3})+", text)
    return [float(re.sub(r"\D", "", group)) for group in groups]
