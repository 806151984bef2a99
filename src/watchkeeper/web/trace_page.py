"""A trace as a waterfall; a step that is chosen shows what it was asked and what it answered (FA-74)."""

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses, printed
from watchkeeper.web.frame import PATIENCE_S, heading, page_frame, tell_failure, trail
from watchkeeper.web.trace_desk import TraceDesk


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/traces/{trace_id}", response_timeout=PATIENCE_S)
    async def trace_page(trace_id: str, step: str | None = None, refresh: str = "") -> None:
        with page_frame(f"Trace {trace_id}", at="/calls"):
            trail(("Calls", "/calls"), ("trace", None))
            heading(f"Trace {trace_id}")
            try:
                tree = await client.get(f"{addresses.trace(trace_id)}/tree")
            except WatchkeeperError as error:
                tell_failure(error)
                return
            began = printed.instant(tree["started_at"], timezone)
            ui.label(f"began {began} ({timezone}), {', '.join(tree['workloads'])}").classes("wk-note")
            await TraceDesk(client, tree, step=step, refresh=refresh).build()
