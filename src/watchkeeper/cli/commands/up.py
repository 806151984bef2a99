"""`wk up`: everything on this machine, until Ctrl-C."""

import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.discovery import start_detached
from watchkeeper.app.folder_holder import check_free
from watchkeeper.app.listening import GATEWAY_ASKED, SERVER_ASKED, is_free, listen
from watchkeeper.app.monitoring.watchdog import MonitorWatchdog
from watchkeeper.app.run_files import GATEWAY, INGEST, SERVER, RunFile
from watchkeeper.app.settings_gateway import GatewaySettings
from watchkeeper.app.settings_ingest import IngestSettings
from watchkeeper.app.settings_server import ServerSettings
from watchkeeper.app.supervised_child import ChildPlan
from watchkeeper.app.supervisor import Supervisor
from watchkeeper.cli.invocation import Invocation, JsonOption, invoked
from watchkeeper.cli.lazy_group import command_app
from watchkeeper.cli.printing import print_json_line, print_line
from watchkeeper.domain.errors import WatchkeeperError

if TYPE_CHECKING:
    from watchkeeper.app.settings import Settings

app = command_app("")


@dataclass(frozen=True, slots=True)
class Up:
    """What `wk up --json` prints, on one line, when all is ready."""

    url: str
    gateway_url: str
    otlp_url: str
    """OTLP over HTTP."""
    otlp_grpc_port: int
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
    otlp_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="OTLP/HTTP; 0 takes any free port. Else `ingest.port`."),
    ] = None,
    otlp_grpc_port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="OTLP/gRPC; 0 takes any free port. Else `ingest.grpc_port`."),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", help="Come back when all is ready; `wk down` stops it.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Start Watchkeeper and stay until Ctrl-C, or come back when it is ready with --detach."""
    call = invoked(ctx, as_json=as_json)
    # Read here, so that a problem is told before anything is started.
    settings = call.settings
    ports = _Ports(
        server=settings.server.port if port is None else port,
        gateway=_asked(
            gateway_port, server_port=port, server=settings.server, section=settings.gateway, name="port"
        ),
        otlp=_asked_otlp(call, otlp_port, port, "port"),
        otlp_grpc=_asked_otlp(call, otlp_grpc_port, port, "grpc_port"),
    )
    check_free(call.data_dir)
    # Here too, as the children are told of a taken port only seconds later.
    listen(settings.server.host, ports.server, SERVER_ASKED).close()
    listen(settings.gateway.host, ports.gateway, GATEWAY_ASKED).close()
    if detach:
        command = call.own_command("up", *ports.options())
        _say_ready(call, start_detached(call.data_dir, command, SystemClock()))
        return
    raise typer.Exit(_attended(call, ports))


@dataclass(frozen=True, slots=True)
class _Ports:
    """The ports asked for; 0 is any free one."""

    server: int
    gateway: int
    otlp: int
    otlp_grpc: int

    def options(self) -> tuple[str, ...]:
        """As another `wk up` takes them."""
        return (
            *("--port", str(self.server), "--gateway-port", str(self.gateway)),
            *("--otlp-port", str(self.otlp), "--otlp-grpc-port", str(self.otlp_grpc)),
        )


def _attended(call: Invocation, ports: _Ports) -> int:
    """Run everything until asked to stop; returns the exit code."""
    if not call.json:
        _tell(f"starting Watchkeeper on {call.data_dir} …")
    watched = _Watched(call)
    supervisor = Supervisor(
        [
            _plan(call, SERVER, ports.server),
            _plan(call, GATEWAY, ports.gateway),
            _ingest(call, ports.otlp, ports.otlp_grpc),
        ],
        call.data_dir,
        SystemClock(),
        is_ready=lambda running: _ready(call, running, watched),
        reload=watched.read_anew,
        tell=_tell,
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: supervisor.request_stop())
    has_terminal = sys.stdin.isatty()
    signal.signal(signal.SIGHUP, lambda *_: _hung_up(supervisor, has_terminal=has_terminal))
    try:
        return supervisor.run()
    finally:
        watched.stop()


class _Watched:
    """The watchdog of the monitor, by the settings as they stand."""

    def __init__(self, call: Invocation) -> None:
        self._call = call
        self._running = False
        self._watchdog = self._by(call.settings)

    def start(self) -> None:
        self._running = True
        self._watchdog.start()

    def read_anew(self) -> bool:
        """Take the settings as they stand now; when they are wrong, say so and keep those there were."""
        try:
            settings = self._call.read_settings().settings
        except WatchkeeperError as wrong:
            _tell(f"{wrong.message}\n  nothing was changed; {wrong.action}")
            return False
        self._watchdog.stop()
        self._watchdog = self._by(settings)
        if self._running:
            self._watchdog.start()
        _tell("the settings are read anew; server and ingest start again, model calls go on")
        return True

    def stop(self) -> None:
        self._watchdog.stop()

    def _by(self, settings: "Settings") -> MonitorWatchdog:
        return MonitorWatchdog(self._call.data_dir, settings, SystemClock(), tell=_tell)


def _hung_up(supervisor: Supervisor, *, has_terminal: bool) -> None:
    """Tell a wish for the new settings from a terminal that was closed: both arrive as SIGHUP."""
    if has_terminal and not sys.stdin.isatty():
        supervisor.request_stop()
    else:
        supervisor.request_reload()


def _tell(sentence: str) -> None:
    typer.echo(sentence, err=True)


def _ready(call: Invocation, running: Sequence[RunFile], watched: _Watched) -> None:
    # From now on the monitor looks; before, nobody expects it to.
    watched.start()
    _say_ready(call, running)


def _asked(
    port: int | None,
    *,
    server_port: int | None,
    server: ServerSettings,
    section: GatewaySettings | IngestSettings,
    name: Literal["port", "grpc_port"],
) -> int:
    if port is not None:
        return port
    # Whoever takes any port for the server has no wish for the others either, but those stated beside it.
    stated = name in section.model_fields_set
    any_will_do = server_port == 0 or (server_port is None and server.port == 0 and not stated)
    return 0 if any_will_do else int(getattr(section, name))


def _asked_otlp(
    call: Invocation, port: int | None, server_port: int | None, name: Literal["port", "grpc_port"]
) -> int:
    """The port of OTLP; where nobody chose one and another collector has the usual one, any that is free."""
    ingest = call.settings.ingest
    wanted = _asked(port, server_port=server_port, server=call.settings.server, section=ingest, name=name)
    if port is not None or name in ingest.model_fields_set or not wanted or is_free(ingest.host, wanted):
        return wanted
    typer.echo(f"port {wanted} is in use by another program: another one is taken for telemetry", err=True)
    return 0


def _plan(call: Invocation, name: str, asked: int) -> ChildPlan:
    def command(was: RunFile | None, pipe_fd: int) -> Sequence[str]:
        taken = asked if was is None or was.port is None else was.port
        return call.own_command(name, "--port", str(taken), "--parent-pipe", str(pipe_fd))

    # The gateway alone can take new settings without a break in what it does.
    return ChildPlan(name=name, command=command, reload_signal=signal.SIGHUP if name == GATEWAY else None)


def _ingest(call: Invocation, asked: int, asked_grpc: int) -> ChildPlan:
    def command(was: RunFile | None, pipe_fd: int) -> Sequence[str]:
        port = asked if was is None or was.port is None else was.port
        grpc_port = asked_grpc if was is None or was.grpc_port is None else was.grpc_port
        ports = ("--port", str(port), "--otlp-grpc-port", str(grpc_port))
        return call.own_command(INGEST, *ports, "--parent-pipe", str(pipe_fd))

    return ChildPlan(name=INGEST, command=command)


def _say_ready(call: Invocation, running: Sequence[RunFile]) -> None:
    url = next((each.url for each in running if each.name == SERVER), None) or ""
    gateway_url = next((each.url for each in running if each.name == GATEWAY), None) or ""
    ingest = next((each for each in running if each.name == INGEST), None)
    otlp_url, grpc_port = (ingest.url or "", ingest.grpc_port or 0) if ingest else ("", 0)
    if call.json:
        print_json_line(
            Up(
                url=url,
                gateway_url=gateway_url,
                otlp_url=otlp_url,
                otlp_grpc_port=grpc_port,
                data_dir=str(call.data_dir),
                processes=tuple(running),
            )
        )
    else:
        print_line(f"Watchkeeper is ready at {url} (data folder {call.data_dir})")
        print_line(f"model calls: {gateway_url}/v1")
        print_line(f"telemetry: OTLP at {otlp_url}, over gRPC on port {grpc_port}")
