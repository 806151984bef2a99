"""A run of this process, begun at the server or gone on with there."""

import os
import signal
import threading
from collections.abc import Mapping

from watchkeeper.app.client import ApiClient
from watchkeeper.app.process_identity import own_start


def begin_run(client: ApiClient, told: Mapping[str, object], *, items: int, resume: str | None = None) -> str:
    """Tell the server, and take SIGTERM as Ctrl-C from now on.

    When this process is gone before the run ended, the server calls it interrupted.

    Args:
        client: The server.
        told: What a new run is: its workload, how its pre-flight came out, details.
        items: How many there are to work on, those finished before a resume included.
        resume: The id of the run to go on with.

    Returns:
        The run's id.
    """
    _end_well_when_asked_to()
    owner = {"pid": os.getpid(), "start": own_start()}
    if resume is not None:
        client.post(f"/runs/{resume}/resume", {"items": items, "owner": owner})
        return resume
    return str(client.post("/runs", {**told, "items": items, "owner": owner})["run_id"])


def _end_well_when_asked_to() -> None:
    """SIGTERM is what `wk run stop` sends, and whoever stops services."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)
