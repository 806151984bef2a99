"""`wk serve`: a workload answers over HTTP."""

import signal
from dataclasses import asdict
from typing import Annotated, Any

import typer

from watchkeeper.app.run_files import RunFile
from watchkeeper.cli.invocation import JsonOption, invoked
from watchkeeper.cli.known_workload import RECOMMENDER, require_workload
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json_line, print_line

app = command_app("")
schemas: dict[str, Any] = {"serve": RunFile}
_PORT = 8790


@app.command()
def serve(
    *,
    ctx: typer.Context,
    workload: Annotated[str, typer.Argument(help="The workload's id.")],
    port: Annotated[int, typer.Option(min=0, max=65535, help="The port; 0 takes any free one.")] = _PORT,
    as_json: JsonOption = False,
) -> None:
    """Answer a workload's queries over HTTP on this machine; stops on Ctrl-C.

    What it records goes to the server of the data folder (or `--server`), or waits on disk for one.
    """
    call = invoked(ctx, as_json=as_json)
    require_workload(workload, RECOMMENDER, "service over HTTP")
    from watchkeeper.workloads.recommender.serving import bound

    with bound(call.settings, call.data_dir, port=port, endpoint=call.server) as (server, run_file):
        if call.json:
            print_json_line(asdict(run_file))
        else:
            print_line(f"{workload} answers at {run_file.url}/recommend; its health is at /health")
        for each in (signal.SIGTERM, signal.SIGINT):
            signal.signal(each, lambda *_: setattr(server, "should_exit", True))
        server.run()
