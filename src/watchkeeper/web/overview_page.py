"""The overview: how the workload stands, and its last runs."""

from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed, words
from watchkeeper.web.board import board
from watchkeeper.web.cards import card_row, figure_card
from watchkeeper.web.frame import heading, page_frame, section, tell_failure
from watchkeeper.web.run_table import run_table

WORKLOAD = "annual-reports"
REFRESH_S = 30.0
"""How often the page asks again by itself (HE-56)."""


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/")
    async def overview() -> None:
        with page_frame("Overview", at="/"):
            heading("Overview")

            @ui.refreshable
            async def content() -> None:
                try:
                    found, host = await client.get("/dashboard"), await client.get("/host")
                    status = await client.get("/status", {"workload": WORKLOAD})
                except WatchkeeperError as error:
                    tell_failure(error)
                    return
                board(found, host, timezone)
                section(WORKLOAD)
                _figures(status, timezone)
                section("Last runs")
                run_table(status["last_runs"], timezone)

            await content()
            ui.timer(REFRESH_S, content.refresh, immediate=False)


def _figures(status: dict[str, Any], timezone: str) -> None:
    seconds, accuracy = status["seconds_a_page_24h"], status["accuracy_24h"]
    phase = status["phase"]
    with card_row("figures"):
        figure_card("documents", str(status["documents"]), note=_documents(status))
        figure_card(
            "twins agree on",
            printed.percent(status["agreement"]),
            word=words.band(status["agreement_band"]),
            note="of fields, last 200 documents",
        )
        _canaries(status["canaries"], timezone)
        figure_card(
            "seconds a page, 24 h",
            None if seconds is None else f"{seconds:.3f}",
            word=words.band(status["speed_band"]),
            note="no page was read" if seconds is None else "",
        )
        figure_card(
            "accuracy, 24 h",
            printed.percent(accuracy),
            note="of scored fields" if accuracy is not None else "score a run: `wk run … --labels`",
        )
        figure_card(
            "learning phase",
            str(phase["number"]),
            note=f"{phase['name']}; {status['golden_examples']} golden examples, "
            f"{status['coaching_sessions']} sessions",
        )


def _documents(status: dict[str, Any]) -> str:
    if not status["documents"]:
        return "add some: `wk documents add FILES…`"
    return ", ".join(f"{words.status(one).text} {n}" for one, n in status["documents_by_status"].items() if n)


def _canaries(canaries: dict[str, Any] | None, timezone: str) -> None:
    if canaries is None:
        figure_card("canaries", None, note="run them: `wk canary run annual-reports`")
        return
    green = words.Said("✓ green", "wk-good") if canaries["green"] else words.Said("✕ red", "wk-intervene")
    figure_card(
        "canaries",
        f"{canaries['passed']} of {canaries['checks']}",
        word=green,
        note=printed.instant(canaries["checked_at"], timezone),
    )
