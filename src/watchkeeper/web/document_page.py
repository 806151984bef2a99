"""A document: the page's picture beside its fields, each value marked where it stands, twins side by side."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses, printed, words
from watchkeeper.web.document_desk import DocumentDesk, Look, Sizes
from watchkeeper.web.frame import heading, page_frame, section, tell, tell_failure, trail
from watchkeeper.web.report_view import ReportView, report_view
from watchkeeper.web.tables import Cell, Column, Row, said, table

_SUMS = (Column("sum"), Column("on this document"))


def register(client: AsyncApiClient, timezone: str) -> None:  # noqa: ARG001 - every page is registered alike
    """Make the page known."""

    @ui.page("/runs/{run_id}/documents/{document:path}")
    async def document_page(
        *, run_id: str, document: str, page: int | None = None, field: str | None = None, only: str = ""
    ) -> None:
        with page_frame(document, at="/runs"):
            try:
                results = await client.get(addresses.document(run_id, document))
                compared = await client.get(
                    f"/twins/documents/{addresses.part(run_id)}/{addresses.part(document)}"
                )
            except WatchkeeperError as error:
                tell_failure(error)
                return
            report = report_view(results, compared)
            _head(report)
            if report.sha256 is None or (report.status == "error" and not report.fields):
                return
            look = Look(page=page, field=field, only_differences=only == "differences")
            DocumentDesk(report, look, await _sizes(client, report)).build()
            _sums(report.data.get("checks") or ())


async def _sizes(client: AsyncApiClient, report: ReportView) -> Sizes | WatchkeeperError:
    """The sizes of the pages, or why the file cannot be shown."""
    resource = f"/documents/{addresses.part(report.workload)}/{addresses.part(report.sha256 or '')}/pages"
    try:
        pages = await client.get(resource)
    except WatchkeeperError as error:
        return error
    return {page["number"]: (page["width"], page["height"]) for page in pages}


def _head(report: ReportView) -> None:
    trail(("Runs", "/runs"), (report.run_id, addresses.run(report.run_id)), ("document", None))
    with ui.element("div").classes("wk-bar"):
        heading(report.name)
        status = words.status(report.status)
        ui.label(status.text).classes(f"{status.css} wk-strong")
        ui.label(f"{report.pages} pages").classes("wk-note")
        if report.data.get("mode") == "ocr":
            ui.label("read by OCR").classes("wk-watch")
        agreement = printed.percent(report.agreement)
        ui.label(f"twins agree on {agreement or printed.NO_DATA}").classes("wk-note")
        ui.link("receipts", addresses.receipts(run_id=report.run_id, document=report.name))
    if report.error is not None:
        tell(str(report.error["message"]), report.error.get("action"), mild=report.status == "needs_ocr")
    unread = report.data.get("unread_pages")
    if unread and report.error is None:
        tell(f"no text was read on pages {printed.value(unread)}", mild=True)


def _sums(checks: Sequence[Mapping[str, Any]]) -> None:
    """What the balance sheet's own sums say of the values."""
    if not checks:
        return
    section("Sums", "what the report's own arithmetic says of the values")
    rows = []
    for check in checks:
        if check["holds"] is None:
            told = words.Said("not checked: a value is missing", "wk-none")
        elif check["holds"]:
            told = words.Said("✓ holds", "wk-good")
        else:
            told = words.Said(f"✕ off by {printed.value(check['difference'])}", "wk-intervene")
        rows.append(Row((Cell(f"{check['total']} = {' + '.join(check['parts'])}"), said(told))))
    table(_SUMS, rows, mark="sums", empty="")
