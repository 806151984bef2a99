"""What is shown where there is no page, and where a page fails."""

from fastapi import Request, Response
from nicegui import Client, app, ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web.frame import page_frame, tell, tell_failure

NOT_FOUND = 404


def register(client: AsyncApiClient, timezone: str) -> None:  # noqa: ARG001 - every page is registered alike
    """Make the pages known."""

    @app.exception_handler(NOT_FOUND)
    async def no_such_page(request: Request, _failure: Exception) -> Response:
        with Client(ui.page(""), request=request) as visitor, page_frame("No such page", at=""):
            tell(f"there is no page {request.url.path}", "go on from the bar above", mild=True)
        return visitor.build_response(request, NOT_FOUND)

    app.on_page_exception(_failed)


def _failed(failure: Exception) -> None:
    with page_frame("Failed", at=""):
        if isinstance(failure, WatchkeeperError):
            tell_failure(failure)
        else:
            tell(
                f"this page failed with {type(failure).__name__}",
                "reload it; if it fails again, report it with what the server printed",
            )
