"""The corpus: every document with its number, status and hash (GF-70)."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.corpus import DocumentStatus
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses, printed, words
from watchkeeper.web.frame import heading, page_frame, tabs, tell_failure
from watchkeeper.web.overview_page import WORKLOAD
from watchkeeper.web.tables import Cell, Column, Row, said, table

SHOWN = 200
"""Documents on one page."""
_COLUMNS = (
    Column("no.", number=True),
    Column("document"),
    Column("status"),
    Column("pages", number=True),
    Column("sha256"),
    Column("added"),
    Column("file"),
)


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/documents")
    async def documents_page(status: str = "", after: int = 0) -> None:
        with page_frame("Documents", at="/documents"):
            heading("Documents")
            asked = {"workload": WORKLOAD, "status": status or None, "after": after, "limit": SHOWN}
            try:
                counts = await client.get("/status", {"workload": WORKLOAD})
                found = await client.get("/documents", asked)
            except WatchkeeperError as error:
                tell_failure(error)
                return
            _statuses(counts, status)
            _listing(found["documents"], timezone, filtered=bool(status))
            _turning(found, status, after)


def _statuses(counts: dict[str, Any], shown: str) -> None:
    by_status = counts["documents_by_status"]
    choices = [(f"all {counts['documents']}", "/documents", not shown)]
    for one in DocumentStatus:
        address = addresses.with_query("/documents", status=one)
        choices.append((f"{words.status(one).text} {by_status[one]}", address, one == shown))
    tabs(choices, mark="statuses")


def _listing(documents: Sequence[dict[str, Any]], timezone: str, *, filtered: bool) -> None:
    rows = [
        Row(
            (
                Cell(str(one["number"])),
                Cell(one["name"], css="wk-long"),
                said(words.status(one["status"])),
                Cell("" if one["pages"] is None else str(one["pages"])),
                Cell(one["sha256"], css="wk-mono wk-long"),
                Cell(printed.instant(one["added_at"], timezone), css="wk-word"),
                Cell(one["path"], css="wk-none wk-long"),
            )
        )
        for one in documents
    ]
    none = (
        "no document has this status" if filtered else "no document yet: `wk documents add FILES…` adds some"
    )
    table(_COLUMNS, rows, mark="corpus", empty=none)


def _turning(found: dict[str, Any], status: str, after: int) -> None:
    """The way on, where there is more than a page holds."""
    listed = found["documents"]
    choices = []
    if after:
        choices.append(("from the first", addresses.with_query("/documents", status=status), False))
    if len(listed) == SHOWN:
        last = listed[-1]["number"]
        address = addresses.with_query("/documents", status=status, after=last)
        choices.append((f"on from number {last}", address, False))
    if choices:
        tabs(choices, mark="turning")
