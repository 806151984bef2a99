"""`wk run stop RUN`: end a run of this machine as Ctrl-C would, and wait until it has ended."""

import os
import signal
from dataclasses import asdict, dataclass
from threading import Event
from typing import Annotated, Any

import typer
from typer.main import get_command

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.process_identity import process_start
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json, print_line
from watchkeeper.domain.errors import ConflictError
from watchkeeper.domain.run_id import parse_run_id

STOP = "stop"
"""Stands where a run has its workload."""
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


def stop_command() -> Any:
    """The command, as typer builds it."""
    app = command_app("")
    app.command()(stop)
    return get_command(app)


def stop(
    ctx: typer.Context,
    run: Annotated[str, typer.Argument(metavar="RUN", help="The run's id.")],
    as_json: JsonOption = False,
) -> None:
    """End a run of this machine as Ctrl-C would, and wait until it has ended.

    What is finished stays and nothing is half-written; `wk run WORKLOAD … --resume RUN` goes on with it.
    Exits with 1 when it does not run, or not on this machine.
    """
    call, run_id = invoked(ctx, as_json=as_json), parse_run_id(run)
    stopped, workload = stopped_run(call, run_id)
    if call.json:
        print_json(asdict(stopped))
    else:
        print_line(f"{run_id} is {stopped.status}: {stopped.finished} documents have their line")
        print_line(f"go on with it: `wk run {workload} … --resume {run_id}`")


def stopped_run(call: Invocation, run_id: str) -> tuple[Stopped, str]:
    """How a run ended that was asked to, and its workload.

    Raises:
        NotFoundError: There is no such run.
        ConflictError: It does not run, or not on this machine; or it has not ended in time.
    """
    with connect(call) as client:
        run = client.get(f"/runs/{run_id}")
        if run["status"] != "running":
            raise ConflictError(f"{run_id} is {run['status']}", action="there is nothing to stop")
        owner = run["details"].get("owner") or {}
        pid = _living(run_id, owner)
        # Not SIGINT: a script's background jobs ignore that one from their start.
        os.kill(pid, signal.SIGTERM)
        clock, pause = SystemClock(), Event()
        until_s = clock.monotonic() + ENDS_WITHIN_S
        while process_start(pid) == str(owner["start"]) and clock.monotonic() < until_s:
            pause.wait(_LOOK_AGAIN_S)
        if process_start(pid) == str(owner["start"]):
            raise ConflictError(
                f"{run_id} has not ended within {ENDS_WITHIN_S:g} s", action=f"look at process {pid}"
            )
        ended = client.get(f"/runs/{run_id}")
    finished = ended["ok"] + ended["needs_ocr"] + ended["failed"]
    return Stopped(run_id, ended["status"], finished), run["workload"]


def _living(run_id: str, owner: dict[str, object]) -> int:
    pid, start = owner.get("pid"), owner.get("start")
    if not isinstance(pid, int) or process_start(pid) != str(start):
        raise ConflictError(
            f"the process of {run_id} is not on this machine any more",
            action="stop it where it runs; a run whose process is gone is told as interrupted",
        )
    return pid
