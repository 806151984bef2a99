"""Settings, wiring, lifecycle and the one HTTP API."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchkeeper.app.handle import start

__all__ = ["start"]


def __getattr__(name: str) -> object:
    """Load what brings the web framework only when it is asked for: every command imports this package."""
    if name == "start":
        return import_module("watchkeeper.app.handle").start
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
