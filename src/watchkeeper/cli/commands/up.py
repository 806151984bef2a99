"""`wk up`: everything on this machine, until Ctrl-C."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.discovery import start_detached
from watchkeeper.app.folder_holder import check_free
from watchkeeper.app.run_files import SERVER, RunFile
from watchkeeper.app.supervised_child import ChildPlan
from watchkeeper.app.supervisor import Supervisor
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json_line, print_line

app = command_app("")


@dataclass(frozen=True, slots=True)
class Up:
    """What `wk up --json` prints, on one line, when all is ready."""

    url: str
    data_dir: str
    processes: tuple[RunFile, ...]


schemas: dict[str, Any] = {"up": Up}


@app.command()
def up(
    ctx: typer.Context,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes any free one. Else `server.port`.")
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Come back when all is ready; `wk down` stops it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Start Watchkeeper and stay until Ctrl-C, or come back when it is ready with --detach."""
    call = invoked(ctx, as_json=as_json)
    # Read here, so that a problem is told before anything is started.
    asked = call.settings.server.port if port is None else port
    if detach:
        check_free(call.data_dir)
        _say_ready(
            call, start_detached(call.data_dir, call.own_command("up", "--port", str(asked)), SystemClock())
        )
        return
    supervisor = Supervisor(
        [_server_plan(call, asked)],
        call.data_dir,
        SystemClock(),
        is_ready=lambda running: _say_ready(call, running),
        tell=lambda sentence: typer.echo(sentence, err=True),
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: supervisor.request_stop())
    raise typer.Exit(supervisor.run())


def _server_plan(call: Invocation, asked: int) -> ChildPlan:
    def command(port: int | None, pipe_fd: int) -> Sequence[str]:
        taken = asked if port is None else port
        return call.own_command("server", "--port", str(taken), "--parent-pipe", str(pipe_fd))

    return ChildPlan(name=SERVER, command=command)


def _say_ready(call: Invocation, running: Sequence[RunFile]) -> None:
    url = next((each.url for each in running if each.name == SERVER), None) or ""
    if call.json:
        print_json_line(Up(url=url, data_dir=str(call.data_dir), processes=tuple(running)))
    else:
        print_line(f"Watchkeeper is ready at {url} (data folder {call.data_dir})")
