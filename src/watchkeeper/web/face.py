"""The pages as a face of the server."""

from fastapi import FastAPI
from nicegui import ui

from watchkeeper.app.faces import FaceContext
from watchkeeper.web import document_page, overview_page, run_page


def build(context: FaceContext) -> FastAPI:
    """The application with every page; it needs no network, NiceGUI brings its own assets."""
    application = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    for page in (overview_page, run_page, document_page):
        page.register(context.client, context.timezone)
    ui.run_with(application, title="Watchkeeper", favicon="🔭", show_welcome_message=False)
    return application
