"""`wk up`: everything on this machine, until Ctrl-C."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.discovery import start_detached
from watchkeeper.app.folder_holder import check_free
from watchkeeper.app.run_files import GATEWAY, SERVER, RunFile
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
    gateway_url: str
    data_dir: str
    processes: tuple[RunFile, ...]


schemas: dict[str, Any] = {"up": Up}


@app.command()
def up(  # noqa: PLR0917 - typer reads the options off the parameters
    ctx: typer.Context,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="The port; 0 takes any free one. Else `server.port`.")
    ] = None,
    gateway_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The gateway's port; 0 takes any free one. Else `gateway.port`."),
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
    # Whoever takes any port for the one has no wish for the other either.
    asked_gateway = (0 if port == 0 else call.settings.gateway.port) if gateway_port is None else gateway_port
    if detach:
        check_free(call.data_dir)
        _say_ready(
            call,
            start_detached(
                call.data_dir,
                call.own_command("up", "--port", str(asked), "--gateway-port", str(asked_gateway)),
                SystemClock(),
            ),
        )
        return
    supervisor = Supervisor(
        [_plan(call, SERVER, asked), _plan(call, GATEWAY, asked_gateway)],
        call.data_dir,
        SystemClock(),
        is_ready=lambda running: _say_ready(call, running),
        tell=lambda sentence: typer.echo(sentence, err=True),
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: supervisor.request_stop())
    raise typer.Exit(supervisor.run())


def _plan(call: Invocation, name: str, asked: int) -> ChildPlan:
    def command(port: int | None, pipe_fd: int) -> Sequence[str]:
        taken = asked if port is None else port
        return call.own_command(name, "--port", str(taken), "--parent-pipe", str(pipe_fd))

    return ChildPlan(name=name, command=command)


def _say_ready(call: Invocation, running: Sequence[RunFile]) -> None:
    url = next((each.url for each in running if each.name == SERVER), None) or ""
    gateway_url = next((each.url for each in running if each.name == GATEWAY), None) or ""
    if call.json:
        print_json_line(
            Up(url=url, gateway_url=gateway_url, data_dir=str(call.data_dir), processes=tuple(running))
        )
    else:
        print_line(f"Watchkeeper is ready at {url} (data folder {call.data_dir})")
        print_line(f"model calls: {gateway_url}/v1")
