"""Plain tables of text and links; everything shown is escaped."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from nicegui import ui


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table."""

    text: str
    link: str | None = None
    number: bool = False
    css: str = ""


def table(columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, mark: str, empty: str) -> None:
    """A table; `empty` is said where there are no rows."""
    if not rows:
        ui.label(empty).classes("wk-none").mark(mark)
        return
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(_cell(cell) for cell in row)}</tr>" for row in rows)
    # Every text went through `escape`; sanitizing again would drop the classes.
    ui.html(f'<table class="wk"><tr>{head}</tr>{body}</table>', sanitize=False).classes("w-full").mark(mark)


def _cell(cell: Cell) -> str:
    text = escape(cell.text)
    if cell.link is not None:
        text = f'<a href="{escape(cell.link, quote=True)}">{text}</a>'
    css = f"{'num ' if cell.number else ''}{cell.css}".strip()
    return f'<td class="{escape(css, quote=True)}">{text}</td>'
