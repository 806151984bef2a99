"""The pages, brought to the server when it starts: imported there, in a thread, beside the API."""

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from watchkeeper.app.faces import Face, FaceContext

if TYPE_CHECKING:
    from fastapi import FastAPI

_MODULE = "watchkeeper.web.face"
"""Holds `build(context: FaceContext) -> FastAPI`."""
_PACKAGE = "watchkeeper.web"


class WebFace:
    """The web pages as a face of the server."""

    name = "web"

    def build(self, context: FaceContext) -> "FastAPI":
        """Import the pages and build their application."""
        application: FastAPI = import_module(_MODULE).build(context)
        return application


def faces() -> tuple[Face, ...]:
    """The faces there are."""
    return () if find_spec(_PACKAGE) is None else (WebFace(),)
