"""`wk run stop RUN`: end a run of this machine as Ctrl-C would, and wait until it has ended."""

import os
import signal
from dataclasses import asdict, dataclass
from threading import Event
from typing import NoReturn

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.process_identity import process_start
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.domain.errors import ConflictError, InvalidInputError
from watchkeeper.domain.run_id import parse_run_id

STOP = "stop"
"""In place of a workload."""
ENDS_WITHIN_S = 120.0
"""Documents under way are given up, and what is finished is delivered: that takes seconds."""
_LOOK_AGAIN_S = 0.1


@dataclass(frozen=True, slots=True)
class Stopped:
    """What `wk run stop --json` prints."""

    run_id: str
    status: str
    finished: int
    """Documents that have their line."""


def stop_run(call: Invocation, named: list[str]) -> NoReturn:
    """Stop a run, and end the command.

    Raises:
        InvalidInputError: No run, or more than one, is named.
        NotFoundError: There is no such run.
        ConflictError: It does not run, or not on this machine; or it has not ended in time.
    """
    if len(named) != 1:
        raise InvalidInputError("one run is to be named", action="give its id: `wk run stop RUN_…`")
    run_id = parse_run_id(named[0])
    with connect(call) as client:
        run = client.get(f"/runs/{run_id}")
        if run["status"] != "running":
            raise ConflictError(f"{run_id} is {run['status']}", action="there is nothing to stop")
        owner = run["details"].get("owner") or {}
        pid = _living(run_id, owner)
        os.kill(pid, signal.SIGINT)
        clock, pause = SystemClock(), Event()
        until_s = clock.monotonic() + ENDS_WITHIN_S
        while process_start(pid) == str(owner["start"]) and clock.monotonic() < until_s:
            pause.wait(_LOOK_AGAIN_S)
        if process_start(pid) == str(owner["start"]):
            raise ConflictError(
                f"{run_id} has not ended within {ENDS_WITHIN_S:g} s", action=f"look at process {pid}"
            )
        ended = client.get(f"/runs/{run_id}")
    stopped = Stopped(run_id, ended["status"], ended["ok"] + ended["needs_ocr"] + ended["failed"])
    if call.json:
        print_json(asdict(stopped))
    else:
        print_line(f"{run_id} is {stopped.status}: {stopped.finished} documents have their line")
        print_line(f"go on with it: `wk run {run['workload']} … --resume {run_id}`")
    raise typer.Exit(0)


def _living(run_id: str, owner: dict[str, object]) -> int:
    pid, start = owner.get("pid"), owner.get("start")
    if not isinstance(pid, int) or process_start(pid) != str(start):
        raise ConflictError(
            f"the process of {run_id} is not on this machine any more",
            action="stop it where it runs; a run whose process is gone is told as interrupted",
        )
    return pid
