"""The order of a table's rows, as the address says it; a click on a column's head turns it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from watchkeeper.web.tables import Column


class Sorting:
    """What the rows of a page are sorted by; rows without a value come last, and are not taken for 0."""

    def __init__(self, word: str, sorts: Mapping[str, str]) -> None:
        """Take the address's word.

        Args:
            word: A column's title, with a `-` before it for the largest first; others keep the order.
            sorts: The columns that can be sorted by, and what of a row they show.
        """
        self._title = word.removeprefix("-")
        self._descending = word.startswith("-")
        self._sorts = sorts
        self.word = word if self._title in sorts else ""

    def sorted(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """The rows in their order.

        >>> rows = [{"a": 1}, {"a": None}, {"a": 2}]
        >>> [row["a"] for row in Sorting("-of a", {"of a": "a"}).sorted(rows)]
        [2, 1, None]
        """
        if not self.word:
            return rows
        key = self._sorts[self._title]
        known = [row for row in rows if row[key] is not None]
        unknown = [row for row in rows if row[key] is None]
        return [*sorted(known, key=lambda row: _order(row[key]), reverse=self._descending), *unknown]

    def columns(self, columns: Sequence[Column], address: Callable[[str], str]) -> Sequence[Column]:
        """The columns with a link on each that can be sorted by.

        Args:
            columns: As they stand.
            address: The page's address with another word.
        """
        return [
            replace(one, link=address(self._next(one)), sorted=self._said(one))
            if one.title in self._sorts
            else one
            for one in columns
        ]

    def _next(self, column: Column) -> str:
        """Numbers begin with the largest, words with the first; a second click turns it round."""
        largest_first = not self._descending if column.title == self._title else column.number
        return f"-{column.title}" if largest_first else column.title

    def _said(self, column: Column) -> str:
        if column.title != self._title:
            return ""
        return "descending" if self._descending else "ascending"


def _order(value: Any) -> Any:
    """Amounts of money are texts in the API; every other text is ordered as one."""
    try:
        return (0, float(value), "")
    except ValueError:
        return (1, 0.0, str(value))
