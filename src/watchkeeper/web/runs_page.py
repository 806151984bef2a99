"""The runs: the newest, of every workload."""

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web.frame import heading, page_frame, tell_failure
from watchkeeper.web.run_table import run_table

SHOWN = 100
"""Runs on the page."""


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/runs")
    async def runs_page() -> None:
        with page_frame("Runs", at="/runs"):
            heading("Runs")
            try:
                runs = await client.get("/runs", {"limit": SHOWN})
            except WatchkeeperError as error:
                tell_failure(error)
                return
            run_table(runs, timezone)
