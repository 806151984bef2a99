"""A run: what became of each of its documents, and on which fields the readers agree."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from watchkeeper.app.client import API_PREFIX
from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.run import CONSENSUS
from watchkeeper.web import addresses, printed, words
from watchkeeper.web.cards import card_row, figure_card
from watchkeeper.web.frame import heading, page_frame, section, tabs, tell_failure, trail
from watchkeeper.web.tables import Cell, Column, Row, said, table

_RESULTS = (
    Column("document"),
    Column("model"),
    Column("status"),
    Column("pages", number=True),
    Column("seconds", number=True),
    Column("fields found", number=True),
    Column("made at"),
    Column("data"),
    Column("what is wrong, what to do"),
)
_AGREEMENT = (
    Column("field"),
    Column("documents", number=True),
    Column("agree", number=True),
    Column("rate", number=True),
)


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/runs/{run_id}")
    async def run_page(run_id: str, model: str = CONSENSUS) -> None:
        with page_frame(run_id, at="/runs"):
            resource = addresses.run(run_id)
            try:
                run = await client.get(resource)
                results = await client.get(f"{resource}/results", {"model": model})
                agreement = await client.get(
                    "/twins/agreement", {"workload": run["workload"], "run_id": run_id}
                )
            except WatchkeeperError as error:
                tell_failure(error)
                return
            trail(("Runs", "/runs"), (run_id, None))
            heading(run_id)
            _figures(run, agreement, timezone)
            section("Documents")
            _models(run, model)
            _results(run_id, results, timezone)
            section("Agreement by field", "the least agreed first")
            over = addresses.with_query("/twins", workload=run["workload"], run=run_id)
            ui.link("by agent and over time", over).classes("wk-note")
            _agreement(agreement["fields"])


def _figures(run: dict[str, Any], agreement: dict[str, Any], timezone: str) -> None:
    seconds, status, preflight = (
        run["seconds"],
        words.status(run["status"]),
        words.preflight(run["preflight"]),
    )
    with card_row("figures"):
        figure_card(
            "status",
            status.text,
            word=words.Said("", status.css),
            note=f"began {printed.instant(run['started_at'], timezone)}",
        )
        figure_card("ok", f"{run['ok']} of {run['items']}", note="documents")
        figure_card(
            "needs OCR", str(run["needs_ocr"]), word=_when(run["needs_ocr"], "▲ see below", "wk-watch")
        )
        figure_card("failed", str(run["failed"]), word=_when(run["failed"], "✕ see below", "wk-intervene"))
        figure_card(
            "twins agree on",
            printed.percent(agreement["agreement"]),
            word=words.band(agreement["band"]),
            note="of fields",
        )
        figure_card("seconds", None if seconds is None else f"{seconds:.1f}", note=f"{run['pages']} pages")
        figure_card("pre-flight", preflight.text, word=words.Said("", preflight.css))
    with ui.element("div").classes("wk-note"):
        ui.link("receipts of this run", addresses.receipts(run_id=run["run_id"]))


def _when(count: int, text: str, css: str) -> words.Said | None:
    return words.Said(text, css) if count else None


def _models(run: dict[str, Any], shown: str) -> None:
    names = (CONSENSUS, *sorted(run["details"].get("readers", ())))
    at = addresses.run(run["run_id"])
    tabs(
        [(name, addresses.with_query(at, model=name), name == shown) for name in names],
        mark="models",
    )


def _results(run_id: str, results: Sequence[dict[str, Any]], timezone: str) -> None:
    rows = []
    for one in results:
        fields, error = one["data"].get("fields", {}), one["error"] or {}
        found = sum(field["value"] is not None for field in fields.values())
        at = addresses.document(run_id, one["document"])
        wrong = "; ".join(str(error[key]) for key in ("message", "action") if error.get(key))
        rows.append(
            Row(
                (
                    Cell(one["document"], link=at, css="wk-long"),
                    Cell(one["model"]),
                    said(words.status(one["status"])),
                    Cell(str(one["pages"])),
                    Cell(f"{one['processing_ms'] / 1000:.2f}"),
                    Cell(f"{found} of {len(fields)}" if fields else "none", css="" if found else "wk-none"),
                    Cell(printed.instant(one["created_at"], timezone), css="wk-word"),
                    Cell("JSON", link=f"{API_PREFIX}{at}"),
                    Cell(wrong, prose=True),
                )
            )
        )
    table(_RESULTS, rows, mark="results", empty="no document is finished yet")


def _agreement(fields: Sequence[dict[str, Any]]) -> None:
    rows = [
        Row(
            (
                Cell(one["field"]),
                Cell(str(one["documents"])),
                Cell(str(one["agree"])),
                Cell(printed.percent(one["rate"]) or printed.NO_DATA),
            )
        )
        for one in sorted(fields, key=lambda one: (one["rate"], one["field"]))
    ]
    table(_AGREEMENT, rows, mark="agreement", empty="no field was compared: no data")
