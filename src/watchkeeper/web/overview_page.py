"""The overview: how the workload stands, and its last runs."""

from typing import Any
from urllib.parse import quote

from nicegui import ui

from watchkeeper.app.client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed
from watchkeeper.web.frame import figure_card, page_frame, tell_failure
from watchkeeper.web.tables import Cell, table

WORKLOAD = "annual-reports"
REFRESH_S = 30.0
"""How often the page asks again by itself (HE-56)."""


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/")
    async def overview() -> None:
        with page_frame("Overview"):

            @ui.refreshable
            async def content() -> None:
                try:
                    status = await client.get("/status", {"workload": WORKLOAD})
                except WatchkeeperError as error:
                    tell_failure(error)
                    return
                _figures(status)
                ui.label("Last runs").style("font-weight:600")
                _runs(status["last_runs"], timezone)

            await content()
            ui.timer(REFRESH_S, content.refresh)


def _figures(status: dict[str, Any]) -> None:
    canaries = status["canaries"]
    seconds = status["seconds_a_page_24h"]
    by_status = ", ".join(f"{n} {name}" for name, n in status["documents_by_status"].items() if n)
    phase = status["phase"]
    with ui.row().style("gap:12px").mark("figures"):
        figure_card("documents", str(status["documents"]), note=by_status)
        figure_card(
            "twins agree on",
            printed.percent(status["agreement"]),
            band=status["agreement_band"],
            note="of fields, last 200 documents",
        )
        figure_card(
            "canaries",
            None if canaries is None else f"{canaries['passed']} of {canaries['checks']}",
            band="" if canaries is None else "good" if canaries["green"] else "intervene",
            note="" if canaries is None else "green" if canaries["green"] else "red",
        )
        figure_card(
            "seconds a page, 24 h",
            None if seconds is None else f"{seconds:.3f}",
            band=status["speed_band"],
        )
        figure_card("accuracy, 24 h", printed.percent(status["accuracy_24h"]))
        figure_card("learning phase", str(phase["number"]), note=phase["name"])


def _runs(runs: list[dict[str, Any]], timezone: str) -> None:
    rows = [
        [
            Cell(run["run_id"], link=f"/runs/{quote(run['run_id'])}"),
            Cell(run["status"]),
            Cell(printed.instant(run["started_at"], timezone)),
            Cell(f"{run['ok']} of {run['items']}", number=True),
            Cell(str(run["needs_ocr"]), number=True),
            Cell(str(run["failed"]), number=True, css="wk-intervene" if run["failed"] else ""),
            Cell(str(run["pages"]), number=True),
            Cell(run["preflight"]),
        ]
        for run in runs
    ]
    table(
        ["run", "status", "started", "ok", "needs OCR", "failed", "pages", "pre-flight"],
        rows,
        mark="runs",
        empty="no run yet: `wk run annual-reports FILES…` makes one",
    )
