"""Components: a row each, with state, success, latency, calls and failures (HE-55)."""

from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed
from watchkeeper.web.frame import heading, page_frame, section, tell_failure
from watchkeeper.web.tables import Cell, Column, Row, known, said, table
from watchkeeper.web.words import UNKNOWN, Said

REFRESH_S = 30.0
_COLUMNS = (
    Column("workload"),
    Column("component"),
    Column("state"),
    Column("success", number=True),
    Column("average", number=True),
    Column("P95", number=True),
    Column("calls", number=True),
    Column("failures", number=True),
    Column("last seen"),
)
_STATES = {
    "ok": Said("✓ ok", "wk-good"),
    "failing": Said("✕ failing", "wk-intervene wk-strong"),
}


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/components")
    async def components_page() -> None:
        with page_frame("Components", at="/components"):
            heading("Components")

            @ui.refreshable
            async def content() -> None:
                try:
                    found = await client.get("/components")
                except WatchkeeperError as error:
                    tell_failure(error)
                    return
                section("Seen lately", "figures of the last 24 hours")
                table(
                    _COLUMNS,
                    [_row(one, timezone) for one in found],
                    mark="components",
                    empty="no component was told of; an application names them: `watchkeeper.component`",
                )

            await content()
            ui.timer(REFRESH_S, content.refresh, immediate=False)


def _row(one: dict[str, Any], timezone: str) -> Row:
    seen = one["last_seen"]
    return Row(
        [
            Cell(one["workload"]),
            Cell(one["component"]),
            said(_STATES.get(one["state"], UNKNOWN)),
            known(printed.percent(one["success_rate"])),
            known(None if one["average_ms"] is None else printed.duration(one["average_ms"])),
            known(None if one["p95_ms"] is None else printed.duration(one["p95_ms"])),
            Cell(str(one["calls"])),
            Cell(str(one["failed"])),
            known(None if seen is None else printed.instant(seen, timezone)),
        ]
    )
