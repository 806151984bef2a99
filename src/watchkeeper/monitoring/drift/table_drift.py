"""Two tables compared column by column, as `wk drift compare` does with two CSV files."""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.drift.column_drift import (
    ColumnDrift,
    categories_drift,
    figures_drift,
    texts_drift,
)
from watchkeeper.monitoring.drift.samples import Figures

MOST_CATEGORIES = 50
"""A column of the reference with more different values is one of texts."""

Table = Mapping[str, Sequence[str]]
"""Values by column; `""` is no data and no sample."""


def table_of(lines: Iterable[str], *, name: str) -> Table:
    """Read a CSV table with a header.

    Raises:
        InvalidInputError: It has no header, names a column twice, or a line has other columns; it says
            which file and line.
    """
    rows = csv.reader(lines)
    header = [column.strip().lstrip("\ufeff") for column in next(rows, [])]
    if not any(header) or len(set(header)) < len(header):
        raise InvalidInputError(
            f"{name} has no header of different column names", action="let its first line name the columns"
        )
    columns: list[list[str]] = [[] for _ in header]
    for row in rows:
        if not row:
            continue
        if len(row) != len(header):
            raise InvalidInputError(
                f"{name}, line {rows.line_num}: {len(row)} values for {len(header)} columns",
                action='put values that hold a comma into "quotes"',
            )
        for column, value in zip(columns, row, strict=True):
            column.append(value.strip())
    return dict(zip(header, columns, strict=True))


def table_drift(reference: Table, current: Table, *, columns: Sequence[str] = ()) -> tuple[ColumnDrift, ...]:
    """The verdict on every column of the reference, or on those that are named, in their order.

    Raises:
        InvalidInputError: A column is not in both.
    """
    asked = columns or tuple(reference)
    for column in asked:
        for name, table in (("reference", reference), ("current", current)):
            if column not in table:
                raise InvalidInputError(
                    f"the {name} has no column {column!r}", action=f"it has {', '.join(table)}"
                )
    return tuple(_column(column, reference[column], current[column]) for column in asked)


def _column(column: str, reference: Sequence[str], current: Sequence[str]) -> ColumnDrift:
    before, now = [value for value in reference if value], [value for value in current if value]
    figures = _figures(before), _figures(now)
    if figures[0] is not None and figures[1] is not None:
        return figures_drift(column, figures[0], figures[1])
    if len(set(before)) <= MOST_CATEGORIES:
        return categories_drift(column, before, now)
    return texts_drift(column, before, now)


def _figures(values: Sequence[str]) -> Figures | None:
    """The values as figures; None when one is none."""
    try:
        figures = np.array(values, dtype=float)
    except ValueError:
        return None
    return figures if all(map(math.isfinite, figures)) else None
