"""Runs, one a row."""

from collections.abc import Sequence
from typing import Any

from watchkeeper.app.run_told import read_told
from watchkeeper.web import addresses, printed, words
from watchkeeper.web.tables import Cell, Column, Row, said, table

_COLUMNS = (
    Column("run"),
    Column("status"),
    Column("started"),
    Column("ok", number=True),
    Column("needs OCR", number=True),
    Column("failed", number=True),
    Column("pages", number=True),
    Column("seconds", number=True),
    Column("pre-flight"),
)


def run_table(runs: Sequence[dict[str, Any]], timezone: str) -> None:
    """The runs given, in their order."""
    rows = [
        Row(
            (
                Cell(run["run_id"], link=addresses.run(run["run_id"])),
                said(words.status(run["status"])),
                Cell(printed.instant(run["started_at"], timezone), css="wk-word"),
                Cell(read_told(run)),
                _told(run["needs_ocr"], "wk-watch"),
                _told(run["failed"], "wk-intervene wk-strong"),
                Cell(str(run["pages"])),
                Cell("" if run["seconds"] is None else f"{run['seconds']:.1f}"),
                said(words.preflight(run["preflight"])),
            )
        )
        for run in runs
    ]
    table(_COLUMNS, rows, mark="runs", empty="no run yet: `wk run annual-reports FILES…` makes one")


def _told(count: int, css: str) -> Cell:
    return Cell(str(count), css=css if count else "wk-none")
