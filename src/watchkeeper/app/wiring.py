"""Joining ports and adapters: the one place that sees both."""

from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.server_state import ServerState
from watchkeeper.domain.errors import StorageFullError


def open_engines(state: ServerState) -> OpenEngines:
    """Open the engines of a server.

    Raises:
        StorageFullError: Not wired yet.
    """
    raise StorageFullError(f"no engine is wired for {state.data_dir} yet")
