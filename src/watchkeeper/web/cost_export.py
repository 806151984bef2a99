"""Costs to take along: the API's own answer as JSON, and its rows as CSV."""

import csv
import io
from collections.abc import Mapping
from html import escape
from typing import Any

from nicegui import ui

from watchkeeper.app.client import API_PREFIX
from watchkeeper.web import addresses

_FIGURES = ("calls", "input_tokens", "output_tokens", "cost_usd", "unknown_calls", "share", "call_share")


def export_links(asked: Mapping[str, str | None], found: Mapping[str, Any]) -> None:
    """The ways to take a table along.

    Args:
        asked: What the API was asked for.
        found: What it answered.
    """
    by = "-".join(found["by"])
    address = addresses.with_query(f"{API_PREFIX}/costs", **asked)
    with ui.element("div").classes("wk-bar"):
        button = ui.element("button").classes("wk-button").props(f'type="button" id="csv-{by}"')
        with button.on("click", lambda: ui.download.content(csv_of(found), f"costs-by-{by}.csv", "text/csv")):
            ui.html("CSV", sanitize=False, tag="span")
        ui.html(f'<a href="{escape(address)}">JSON</a>', sanitize=False)


def csv_of(found: Mapping[str, Any]) -> str:
    """The rows and their total as CSV; an empty cell is no data.

    >>> total = {name: None for name in _FIGURES} | {"calls": 2}
    >>> found = {"by": ["model"], "rows": [total | {"group": {"model": "a,b"}}], "total": total}
    >>> csv_of(found).splitlines()[1:]
    ['"a,b",2,,,,,,', 'together,2,,,,,,']
    """
    text = io.StringIO()
    written = csv.writer(text)
    written.writerow([*found["by"], *_FIGURES])
    for row in found["rows"]:
        written.writerow(
            [*(_safe(row["group"][name]) for name in found["by"]), *(row[key] for key in _FIGURES)]
        )
    blank = [""] * (len(found["by"]) - 1)
    written.writerow(["together", *blank, *(found["total"][key] for key in _FIGURES)])
    return text.getvalue()


def _safe(name: str | None) -> str | None:
    """A name a spreadsheet takes for text: whoever calls may choose names, also such as `=1+1`."""
    return f"'{name}" if name and name[0] in "=+-@\t\r" else name
