"""`wk reload`: what runs under `wk up` works with the settings as they stand now."""

import os
import signal
from dataclasses import dataclass
from threading import Event
from typing import Any

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.discovery import READY_WITHIN_S, ready_server
from watchkeeper.app.run_files import SERVER, SUPERVISOR, RunFile, living
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.domain.errors import ConflictError, NotFoundError

app = command_app("")

_LOOK_AGAIN_S = 0.1


@dataclass(frozen=True, slots=True)
class Reloaded:
    """What `wk reload --json` prints."""

    data_dir: str
    server: RunFile
    """The server that works with the new settings."""


schemas: dict[str, Any] = {"reload": Reloaded}


@app.command()
def reload(ctx: typer.Context, as_json: JsonOption = False) -> None:
    """Have what `wk up` runs work with the settings as they stand now.

    The gateway takes them without a break in its calls, server and ingest start again; ports and variables of
    the environment stay as they are. Settings that are wrong are told, and nothing is changed.
    """
    call = invoked(ctx, as_json=as_json)
    _ = call.settings  # Read here, so that a problem is told to whoever asks.
    supervisor, before = living(call.data_dir, SUPERVISOR), living(call.data_dir, SERVER)
    if supervisor is None:
        raise NotFoundError(
            f"no `wk up` runs on {call.data_dir}",
            action="start it with `wk up`; a `wk gateway` of its own takes SIGHUP, a `wk server` a restart",
        )
    os.kill(supervisor.pid, signal.SIGHUP)
    clock, pause = SystemClock(), Event()
    until_s = clock.monotonic() + READY_WITHIN_S
    while clock.monotonic() < until_s:
        found = ready_server(call.data_dir)
        if found is not None and (before is None or found.pid != before.pid):
            break
        pause.wait(_LOOK_AGAIN_S)
    else:
        raise ConflictError(
            f"the server has not come back within {READY_WITHIN_S:g} s",
            action="look at what `wk up` says, and into logs/server.jsonl of the data folder",
        )
    if call.json:
        print_json(Reloaded(data_dir=str(call.data_dir), server=found))
    else:
        print_line(f"the settings are read anew; the server is back at {found.url}")
