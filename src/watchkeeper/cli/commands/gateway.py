"""`wk gateway`: the gateway alone, in the foreground."""

import signal
import socket
from dataclasses import asdict
from typing import Annotated, Any

import typer

from watchkeeper.app.run_files import RunFile
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json_line, print_line

app = command_app("")
schemas: dict[str, Any] = {"gateway": RunFile}
_BEYOND_DRAIN_S = 15.0
"""What a worker may take to close everything once its calls have ended."""


@app.command()
def gateway(  # noqa: PLR0917 - typer reads the options off the parameters
    ctx: typer.Context,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The port; 0 takes any free one. Else `gateway.port`."),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="Processes that answer. Else `gateway.workers`.")
    ] = None,
    parent_pipe: Annotated[int | None, typer.Option(hidden=True)] = None,
    listener_fd: Annotated[int | None, typer.Option(hidden=True)] = None,
    as_json: JsonOption = False,
) -> None:
    """Start the gateway alone: Ctrl-C ends it when its calls have ended, SIGHUP has it read settings anew."""
    call = invoked(ctx, as_json=as_json)
    if listener_fd is not None:
        with socket.socket(fileno=listener_fd) as listener:
            _serve(call, listener, parent_pipe)
        return
    _run_gateway(call, port=port, workers=workers, parent_pipe=parent_pipe)


def _run_gateway(call: Invocation, *, port: int | None, workers: int | None, parent_pipe: int | None) -> None:
    from watchkeeper.adapters.clock import SystemClock
    from watchkeeper.app.gateway.gateway_run import gateway_on_folder

    settings = call.settings.gateway
    clock = SystemClock()
    asked = settings.port if port is None else port
    with gateway_on_folder(call.data_dir, host=settings.host, port=asked, clock=clock) as (
        listener,
        run_file,
    ):
        if call.json:
            print_json_line(asdict(run_file))
        else:
            print_line(f"the gateway answers at {run_file.url}/v1")
        count = workers or settings.workers
        if count == 1:
            _serve(call, listener, parent_pipe)
        else:
            _serve_with(call, listener, count, parent_pipe)


def _serve(call: Invocation, listener: socket.socket, parent_pipe: int | None) -> None:
    """Serve in this process until a signal or the parent's end."""
    from watchkeeper.adapters.clock import SystemClock, SystemIds
    from watchkeeper.app.gateway.gateway_run import logging_to_file
    from watchkeeper.app.gateway.gateway_wiring import WorkerSetup, open_parts
    from watchkeeper.app.gateway.worker import GatewayWorker
    from watchkeeper.app.parent_death import ended_with_parent

    clock = SystemClock()
    setup = WorkerSetup(data_dir=call.data_dir, clock=clock, ids=SystemIds())
    worker = GatewayWorker(
        listener,
        call.settings,
        open_parts=lambda settings: open_parts(settings, setup),
        read_settings=lambda: call.read_settings().settings,
    )
    with logging_to_file(call.data_dir, clock), ended_with_parent(parent_pipe, worker.request_stop):
        worker.run()


def _serve_with(call: Invocation, listener: socket.socket, count: int, parent_pipe: int | None) -> None:
    """Serve with several worker processes until a signal or the parent's end."""
    from watchkeeper.adapters.clock import SystemClock
    from watchkeeper.app.gateway.gateway_run import WorkerGroup, logging_to_file
    from watchkeeper.app.parent_death import ended_with_parent

    clock = SystemClock()
    group = WorkerGroup(
        listener,
        count,
        command=lambda fd, pipe: call.own_command(
            "gateway", "--listener-fd", str(fd), "--parent-pipe", str(pipe)
        ),
        clock=clock,
        stop_within_s=call.settings.gateway.drain_s + _BEYOND_DRAIN_S,
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: group.request_stop())
    signal.signal(signal.SIGHUP, lambda *_: group.request_reload())
    with logging_to_file(call.data_dir, clock), ended_with_parent(parent_pipe, group.request_stop):
        group.run()
