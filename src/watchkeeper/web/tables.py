"""Plain tables of text and links; everything shown is escaped here and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from nicegui import ui

from watchkeeper.web import printed
from watchkeeper.web.code_spans import told_html
from watchkeeper.web.words import UNKNOWN, Said


@dataclass(frozen=True, slots=True)
class Column:
    """One column; numbers stand to the right, under each other."""

    title: str
    number: bool = False
    link: str | None = None
    """What sorts by it."""
    sorted: str = ""
    """`ascending` or `descending` where the rows are sorted by it."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; `more` is shown when the pointer rests on it, `prose` may name commands in backticks."""

    text: str
    link: str | None = None
    css: str = ""
    more: str = ""
    prose: bool = False


def known(text: str | None) -> Cell:
    """What may not be known: it says "no data" then, and stands back."""
    return Cell(UNKNOWN.text, css=UNKNOWN.css) if text is None else Cell(text)


def counted(number: int | None) -> Cell:
    """A count that may not be known."""
    return known(None if number is None else printed.value(number))


@dataclass(frozen=True, slots=True)
class Row:
    """One row; a `field` is told to the page when the row is clicked."""

    cells: Sequence[Cell]
    css: str = ""
    field: str | None = None


def said(one: Said, more: str = "") -> Cell:
    """A cell in the colour of what it says, on one line."""
    return Cell(one.text, css=f"wk-word {one.css}", more=more)


def table(columns: Sequence[Column], rows: Sequence[Row], *, mark: str, empty: str) -> None:
    """A table on the page; `empty` is said where there are no rows."""
    # Every text went through `escape`; sanitizing again would drop classes and fields.
    ui.html(table_html(columns, rows, empty=empty), sanitize=False).classes("wk-sheet").props(f'id="{mark}"')


def table_html(columns: Sequence[Column], rows: Sequence[Row], *, empty: str) -> str:
    """A table as HTML with every text escaped."""
    if not rows:
        return f'<div class="wk-empty">{told_html(empty)}</div>'
    head = "".join(_head(column) for column in columns)
    body = "".join(_row(columns, row) for row in rows)
    return f'<table class="wk"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _head(column: Column) -> str:
    title = escape(column.title)
    if column.link is not None:
        sign = {"ascending": " ▲", "descending": " ▼"}.get(column.sorted, "")
        title = f'<a href="{escape(column.link)}">{title}{sign}</a>'
    css = _attribute("class", "num" if column.number else "")
    return f'<th scope="col"{css}{_attribute("aria-sort", column.sorted)}>{title}</th>'


def _row(columns: Sequence[Column], row: Row) -> str:
    cells = "".join(
        _cell(cell, number=column.number) for column, cell in zip(columns, row.cells, strict=True)
    )
    return f"<tr{_attribute('class', row.css)}{_attribute('data-field', row.field or '')}>{cells}</tr>"


def _cell(cell: Cell, *, number: bool) -> str:
    if cell.link is not None:
        text = f'<a href="{escape(cell.link)}">{escape(cell.text)}</a>'
    else:
        text = told_html(cell.text) if cell.prose else escape(cell.text)
    css = f"{'num ' if number else ''}{cell.css}".strip()
    return f"<td{_attribute('class', css)}{_attribute('title', cell.more)}>{text}</td>"


def _attribute(name: str, content: str) -> str:
    return f' {name}="{escape(content)}"' if content else ""
