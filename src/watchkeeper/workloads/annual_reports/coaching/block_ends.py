"""What ends a block of rows: the rows seen below its total, and never one seen inside it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from watchkeeper.workloads.annual_reports.coaching.evidence import lines_of, places_of
from watchkeeper.workloads.annual_reports.coaching.exam import LabelledReport

LONGEST = 6
"""A row's label has at most so many words; more is a sentence."""
SEEN = 2
"""A row below the total ends blocks elsewhere once it was seen there in so many reports."""


def ends_of(
    reports: Sequence[LabelledReport], field: str, *, headings: Sequence[str], others: Iterable[str]
) -> tuple[str, ...]:
    """Labels of rows that end a field's block, as far as the reports at hand tell.

    Args:
        reports: Labelled reports.
        field: The field whose value is the block's total.
        headings: What heads the block, in lower case.
        others: Labels of the agent's other fields, in lower case.
    """
    below = Counter(row for report in reports for row in set(_rows_below(report, field)))
    inside = {row for report in reports for row in _rows_inside(report, field, headings)}
    ends = (*(row for row, count in below.items() if count >= SEEN), *others)
    own = tuple(headings)
    return tuple(
        dict.fromkeys(
            end for end in ends if not end.startswith(own) and not any(row.startswith(end) for row in inside)
        )
    )


def _rows_below(report: LabelledReport, field: str) -> Iterator[str]:
    """The label of the row right below each place where the field's value stands, in lower case."""
    if field in report.truths:
        for place in places_of(report.truths[field].value, report.document):
            yield from (row.casefold() for row in place.below[:1] if len(row.split()) <= LONGEST)


def _rows_inside(report: LabelledReport, field: str, headings: Sequence[str]) -> Iterator[str]:
    """The lines between a heading and the field's value below it on the same page, in lower case."""
    if field not in report.truths:
        return
    pages = dict(lines_of(report.document))
    for place in places_of(report.truths[field].value, report.document):
        above = [line.casefold() for line in pages[place.page][: place.line]]
        heads = [at for at, line in enumerate(above) if line.startswith(tuple(headings))]
        if heads:
            yield from above[heads[-1] + 1 :]
