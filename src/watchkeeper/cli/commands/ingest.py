"""`wk ingest`: the process that takes telemetry in, alone, in the foreground."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from watchkeeper.app.run_files import RunFile
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json_line, print_line

app = command_app("")
schemas: dict[str, Any] = {"ingest": RunFile}


@app.command()
def ingest(  # noqa: PLR0917 - typer reads the options off the parameters
    ctx: typer.Context,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="OTLP/HTTP; 0 takes any free port. Else `ingest.port`."),
    ] = None,
    otlp_grpc_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="OTLP/gRPC; 0 takes any free port. Else `ingest.grpc_port`."),
    ] = None,
    parent_pipe: Annotated[int | None, typer.Option(hidden=True)] = None,
    as_json: JsonOption = False,
) -> None:
    """Take telemetry by OTLP, make it last, and answer; the server loads it. Stops on Ctrl-C."""
    call = invoked(ctx, as_json=as_json)
    _run(call, port=port, grpc_port=otlp_grpc_port, parent_pipe=parent_pipe)


def _run(call: Invocation, *, port: int | None, grpc_port: int | None, parent_pipe: int | None) -> None:
    from watchkeeper.adapters.clock import SystemClock
    from watchkeeper.app.gateway.gateway_run import logging_to_file
    from watchkeeper.app.ingest.ingest_run import ingest_on_folder
    from watchkeeper.app.parent_death import ended_with_parent

    clock = SystemClock()
    settings = call.settings

    def say(run_file: RunFile) -> None:
        if call.json:
            print_json_line(asdict(run_file))
        else:
            print_line(f"OTLP is taken at {run_file.url} and, over gRPC, on port {run_file.grpc_port}")

    with (
        ingest_on_folder(
            settings,
            call.data_dir,
            clock,
            port=settings.ingest.port if port is None else port,
            grpc_port=settings.ingest.grpc_port if grpc_port is None else grpc_port,
        ) as running,
        logging_to_file(call.data_dir, clock, file_name="ingest.jsonl"),
        ended_with_parent(parent_pipe, running.request_stop),
    ):
        running.run(is_ready=say)
