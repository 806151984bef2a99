"""The data plane: the one path every model call takes, and the receipt each attempt leaves."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchkeeper.gateway.call_path import CallPath
    from watchkeeper.gateway.relay_thread import RelayThread
    from watchkeeper.gateway.retry import RetryPolicy

__all__ = ["CallPath", "RelayThread", "RetryPolicy"]

_HOMES = {"CallPath": "call_path", "RelayThread": "relay_thread", "RetryPolicy": "retry"}


def __getattr__(name: str) -> object:
    """Load a name when it is asked for: settings need the routes here, and not what checks JSON."""
    if name in _HOMES:
        return getattr(import_module(f"watchkeeper.gateway.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
