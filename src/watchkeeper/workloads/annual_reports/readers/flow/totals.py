"""Sums found in a column of rows: which rows are totals of the rows above, and which cuts that settles."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from watchkeeper.workloads.annual_reports.readers.flow.figures import Split
from watchkeeper.workloads.annual_reports.readers.flow.rows import Row, TableWords

ROUNDING = 2
"""Reports round every row; a total may differ from its rows by this much."""
REACH = 24
"""How many rows one total may add up."""
MOST_COMBINATIONS = 200


def with_totals(rows: list[Row], words: TableWords) -> list[Row]:
    """The rows with every total marked, and ambiguous rows cut so that their totals come out.

    Rows wait on a stack. A row whose figures, in every column, are the sum of the last few waiting rows is
    their total and takes their place there, so that totals of totals are found too.
    """
    settled = list(rows)
    waiting: list[int] = []
    for place, row in enumerate(rows):
        if waiting and rows[waiting[-1]].page < row.page - 1:
            waiting = []
        match = _total(settled, waiting, row, likely=not row.labels or words.is_sum(row.label))
        if match is not None:
            count, own, parts = match
            for part, option in parts.items():
                settled[part] = _first(settled[part], option)
            settled[place] = replace(_first(row, own), verified=True, parts=count)
            del waiting[-count:]
        waiting.append(place)
        del waiting[:-REACH]
    return settled


def _first(row: Row, option: Split) -> Row:
    """The row with one of its options moved to the front."""
    return replace(row, options=(option, *(other for other in row.options if other is not option)))


def _total(
    rows: list[Row], waiting: list[int], row: Row, *, likely: bool
) -> tuple[int, Split, dict[int, Split]] | None:
    """How a row is the total of the last waiting rows: how many, its cut, and theirs where it matters."""
    for own in row.options[: 3 if likely else 2]:
        if not any(own.amounts):
            continue
        count = _plain_sum(rows, waiting, own.amounts)
        if count > 1 or (count and likely):
            return count, own, {}
    if not likely:
        return None
    for own in row.options[:2]:
        if not any(own.amounts):
            continue
        for count in range(1, min(len(waiting), 12) + 1):
            places = [place for place in waiting[-count:] if not rows[place].clear]
            if places and (chosen := _chosen(rows, waiting[-count:], own.amounts)):
                return count, own, chosen
    return None


def _plain_sum(rows: list[Row], waiting: list[int], amounts: tuple[int, ...]) -> int:
    """How many of the last waiting rows, cut as they stand, add up to the amounts; 0 for none."""
    sums = [0] * len(amounts)
    for count, place in enumerate(reversed(waiting), start=1):
        part = rows[place].options[0].amounts
        if len(part) != len(amounts):
            return 0
        sums = [total + figure for total, figure in zip(sums, part, strict=True)]
        if any(sums) and _near(sums, amounts, count):
            return count
        if count == 2 and _near(_difference(rows, waiting, amounts), amounts, 2):
            return 2
    return 0


def _difference(rows: list[Row], waiting: list[int], amounts: tuple[int, ...]) -> list[int]:
    """The last waiting row taken from the one before it: income less costs printed without a sign."""
    upper, lower = (rows[place].options[0].amounts for place in waiting[-2:])
    if any(figure < 0 for figure in lower) or 0 in amounts:
        return [0] * len(amounts)
    return [left - right for left, right in zip(upper, lower, strict=True)]


def _near(sums: list[int], amounts: tuple[int, ...], count: int) -> bool:
    slack = 1 if count == 1 else ROUNDING
    if max(abs(figure) for figure in amounts) < 100:
        slack = 0
    return all(abs(total - figure) <= slack for total, figure in zip(sums, amounts, strict=True))


def _chosen(rows: list[Row], places: list[int], amounts: tuple[int, ...]) -> dict[int, Split] | None:
    """Cuts of the ambiguous rows among some with which they add up, or None."""
    fixed = [0] * len(amounts)
    open_places: list[int] = []
    for place in places:
        row = rows[place]
        if row.clear or row.verified:
            if len(row.options[0].amounts) != len(amounts):
                return None
            fixed = [total + figure for total, figure in zip(fixed, row.options[0].amounts, strict=True)]
        else:
            open_places.append(place)
    options = [rows[place].options[:5] for place in open_places]
    for combination in _few(options):
        if any(len(option.amounts) != len(amounts) for option in combination):
            continue
        sums = [
            total + sum(option.amounts[column] for option in combination)
            for column, total in enumerate(fixed)
        ]
        if _near(sums, amounts, len(places)):
            return dict(zip(open_places, combination, strict=True))
    return None


def _few(options: list[tuple[Split, ...]]) -> Iterator[tuple[Split, ...]]:
    """Combinations of the options, cheapest rows' first choices first, up to a limit."""
    for count, combination in enumerate(product(*options)):
        if count >= MOST_COMBINATIONS:
            return
        yield combination
