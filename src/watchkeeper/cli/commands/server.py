"""`wk server`: the server alone, in the foreground."""

import gc
import signal
from dataclasses import asdict
from typing import Annotated, Any

import typer

from watchkeeper.app.run_files import RunFile
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json_line, print_line

app = command_app("")
schemas: dict[str, Any] = {"server": RunFile}
_COLLECT_EVERY = 10_000
"""Objects more than before that begin a search for circles. Loading makes thousands of rows at a time and no
circle: with Python's own 700 a fifth of what the server spent on a span was spent on looking."""


@app.command()
def server(  # noqa: PLR0917 - typer reads the options off the parameters
    ctx: typer.Context,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes any free one. Else `server.port`.")
    ] = None,
    idle_exit: Annotated[
        float | None, typer.Option(min=0, metavar="S", help="Leave S seconds after the last request.")
    ] = None,
    parent_pipe: Annotated[int | None, typer.Option(hidden=True)] = None,
    as_json: JsonOption = False,
) -> None:
    """Start the server alone: API and pages; stops on Ctrl-C."""
    call = invoked(ctx, as_json=as_json)
    run_server(call, port=port, idle_exit_s=idle_exit, parent_pipe=parent_pipe)


def run_server(
    call: Invocation, *, port: int | None, idle_exit_s: float | None, parent_pipe: int | None
) -> None:
    """Run the server of this data folder until a signal, its parent's end, or idleness ends it.

    Raises:
        WatchkeeperError: It cannot run here.
    """
    from watchkeeper.adapters.clock import SystemClock, SystemIds
    from watchkeeper.app.parent_death import ended_with_parent
    from watchkeeper.app.server_run import ServerPlan, server_on_folder
    from watchkeeper.app.wiring import open_engines
    from watchkeeper.app.workload import workloads
    from watchkeeper.cli.web_face import faces

    plan = ServerPlan(
        settings=call.settings,
        data_dir=call.data_dir,
        clock=SystemClock(),
        ids=SystemIds(),
        open_engines=open_engines,
        workloads=tuple(workloads().values()),
        faces=faces(),
        port=port,
        idle_exit_s=idle_exit_s,
    )
    with server_on_folder(plan) as (running, run_file):
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: running.request_stop())
        if call.json:
            print_json_line(asdict(run_file))
        else:
            print_line(f"the server answers at {run_file.url}")
        gc.set_threshold(_COLLECT_EVERY)
        with ended_with_parent(parent_pipe, running.request_stop):
            running.run()
        if running.failure is not None:
            raise running.failure
