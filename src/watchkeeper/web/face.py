"""The pages as a face of the server."""

from types import SimpleNamespace

from fastapi import FastAPI
from nicegui import ui, ui_run_with

from watchkeeper.app.faces import FaceContext
from watchkeeper.web import (
    alerts_page,
    budgets_page,
    call_page,
    calls_page,
    coaching_page,
    components_page,
    costs_page,
    document_page,
    documents_page,
    drift_page,
    evaluation_comparison_page,
    evaluation_page,
    evaluation_run_page,
    failure_pages,
    feedback_page,
    gateway_page,
    instructions_page,
    oncall_page,
    overview_page,
    queries_page,
    receipts_page,
    releases_page,
    run_page,
    runs_page,
    series_page,
    slos_page,
    trace_page,
    twins_page,
)

PAGES = (
    overview_page,
    alerts_page,
    oncall_page,
    slos_page,
    components_page,
    drift_page,
    runs_page,
    run_page,
    document_page,
    documents_page,
    twins_page,
    receipts_page,
    budgets_page,
    gateway_page,
    releases_page,
    coaching_page,
    instructions_page,
    evaluation_page,
    evaluation_run_page,
    evaluation_comparison_page,
    feedback_page,
    calls_page,
    call_page,
    trace_page,
    queries_page,
    series_page,
    costs_page,
    failure_pages,
)
FAVICON = "🔭"
"""Drawn by the browser from its own letters: nothing is fetched."""


def build(context: FaceContext) -> FastAPI:
    """The application with every page; it needs no network, NiceGUI brings its own assets."""
    _look_through_no_objects()
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for page in PAGES:
        page.register(context.client, context.timezone)
    ui.run_with(
        application,
        title="Watchkeeper",
        favicon=FAVICON,
        dark=None,
        # Nothing is bound and no utility class is used: no loop ten times a second, no script to load.
        binding_refresh_interval=None,
        tailwind=False,
        show_welcome_message=False,
    )
    return application


def _look_through_no_objects() -> None:
    """Keep NiceGUI from going through `gc.get_objects()` when it starts.

    It looks there for the server whose whole application this is, and in ours it is only mounted. While
    somebody holds every object there is, CPython fails to make a tuple of a generator in any other thread
    (`SystemError` in tupleobject.c), and the API answers already.
    """
    vars(ui_run_with)["gc"] = SimpleNamespace(get_objects=list)
