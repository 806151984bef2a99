"""A run: what became of each of its documents."""

from typing import Any
from urllib.parse import quote

from nicegui import ui

from watchkeeper.app.client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed
from watchkeeper.web.frame import figure_card, page_frame, tell_failure
from watchkeeper.web.tables import Cell, table


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/runs/{run_id}")
    async def run_page(run_id: str) -> None:
        with page_frame(run_id):
            try:
                run = await client.get(f"/runs/{quote(run_id)}")
                results = await client.get(f"/runs/{quote(run_id)}/results")
                agreement = await client.get(
                    "/twins/agreement", {"workload": run["workload"], "run_id": run_id}
                )
            except WatchkeeperError as error:
                tell_failure(error)
                return
            _head(run, agreement, timezone)
            _documents(run_id, results)
            ui.label("Agreement by field").style("font-weight:600")
            _fields(agreement)


def _head(run: dict[str, Any], agreement: dict[str, Any], timezone: str) -> None:
    ui.label(run["run_id"]).style("font-size:22px; font-weight:600").mark("run-id")
    with ui.row().style("gap:12px"):
        figure_card("status", run["status"], note=printed.instant(run["started_at"], timezone))
        figure_card("ok", f"{run['ok']} of {run['items']}")
        figure_card("needs OCR", str(run["needs_ocr"]), band="watch" if run["needs_ocr"] else "")
        figure_card("failed", str(run["failed"]), band="intervene" if run["failed"] else "")
        figure_card(
            "twins agree on",
            printed.percent(agreement["agreement"]),
            band=agreement["band"],
            note="of fields",
        )
        seconds = run["seconds"]
        figure_card("seconds", None if seconds is None else f"{seconds:.1f}", note=f"{run['pages']} pages")
        figure_card("pre-flight", run["preflight"])


def _documents(run_id: str, results: list[dict[str, Any]]) -> None:
    rows = []
    for one in results:
        fields = one["data"].get("fields", {})
        found = sum(field["value"] is not None for field in fields.values())
        error = one["error"]
        rows.append(
            [
                Cell(one["document"], link=f"/runs/{quote(run_id)}/documents/{quote(one['document'])}"),
                Cell(one["status"], css="" if one["status"] == "ok" else "wk-intervene"),
                Cell(str(one["pages"]), number=True),
                Cell(f"{one['processing_ms'] / 1000:.2f}", number=True),
                Cell(f"{found} of {len(fields)}", number=True),
                Cell("" if error is None else f"{error['message']}; {error['action']}"),
            ]
        )
    table(
        ["document", "status", "pages", "seconds", "fields found", "error"],
        rows,
        mark="documents",
        empty="no document is finished yet",
    )


def _fields(agreement: dict[str, Any]) -> None:
    rows = [
        [
            Cell(one["field"]),
            Cell(str(one["documents"]), number=True),
            Cell(str(one["agree"]), number=True),
            Cell(printed.percent(one["rate"]) or printed.NO_DATA, number=True),
        ]
        for one in sorted(agreement["fields"], key=lambda one: one["rate"])
    ]
    table(["field", "documents", "agree", "rate"], rows, mark="agreement", empty="no field was compared")
