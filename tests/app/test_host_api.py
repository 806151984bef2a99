"""How full the machine is: three states, rules over metrics of ours, and a clean-up told before and after."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.app.conftest import wait_until
from watchkeeper.adapters.host.machine import Machine
from watchkeeper.adapters.sql_sandbox.sandbox import ProcessSandbox
from watchkeeper.app.client import ApiClient
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.monitoring.host_watch import HostWatch, clean_up_action
from watchkeeper.app.monitoring.measurements import TelemetryMeasurements
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.settings_host import HostSettings
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import UnavailableError
from watchkeeper.monitoring.host.clean_up import REST, CleanUp
from watchkeeper.monitoring.host.resource import Resource
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.host import ToldMachine, full
from watchkeeper.testing.telemetry import InMemoryTelemetry

if TYPE_CHECKING:
    from conftest import OpenInMemory, StartServer

NO_GPU = Resource(kind="gpu memory", name="", used=None, whole=None, unit="By", present=False)


@pytest.fixture
def served(
    start_server: "StartServer", open_in_memory: "OpenInMemory"
) -> Iterator[Callable[[ToldMachine], ApiClient]]:
    clients: list[ApiClient] = []

    def begin(machine: ToldMachine) -> ApiClient:
        def opened(state: ServerState) -> OpenEngines:
            engines = open_in_memory(state)
            state.host = HostWatch(
                machine,
                engines.services.telemetry,
                clean_up=CleanUp(machine, lambda _: free(machine)),
                clock=state.clock,
                log=state.log,
            )
            state.host.turn()
            return engines

        clients.append(ApiClient(start_server(open_engines=opened).address))
        wait_until(lambda: clients[-1].get("/host")["resources"])
        return clients[-1]

    yield begin
    for client in clients:
        client.close()


def free(machine: ToldMachine) -> str:
    machine.told = [full(one.kind, 0.5, name=one.name) for one in machine.told]
    return "let go of the cache"


@pytest.mark.requirement("GF-19")
def test_a_device_above_90_percent_is_cleaned_and_told_before_and_after(
    served: Callable[[ToldMachine], ApiClient], tmp_path: Path
) -> None:
    machine = ToldMachine(full("gpu memory", 0.95, name="gpu 0"), full("gpu memory", 0.2, name="gpu 1"))
    client = served(machine)
    told = CliRunner().invoke(app, ["--server", client.url, "host"])
    assert told.exit_code == 1
    assert "gpu memory was critical: let go of the cache; 95.00 % before, 50.00 % after" in told.stdout
    log = (tmp_path / "data" / "logs" / "server.jsonl").read_text(encoding="utf-8").splitlines()
    [line] = [one for one in map(json.loads, log) if one["event"] == "cleaned up"]
    assert (line["device"], line["before"], line["after"]) == ("gpu 0", 0.95, 0.5)
    assert line["action"] == "let go of the cache"


@pytest.mark.requirement("GF-19")
def test_three_states_and_no_device_are_shown(served: Callable[[ToldMachine], ApiClient]) -> None:
    shares = (0.75, 0.751, 0.90)
    machine = ToldMachine(*(full("disk", share, name=f"{share}") for share in shares), NO_GPU)
    found = served(machine).get("/host")["resources"]
    assert [one["state"] for one in found] == ["OK", "high", "high", "no device"]
    assert full("memory", 0.901).state == "critical"
    assert full("memory", None).state == "no data"


def test_what_the_machine_tells_is_watched_by_shipped_rules() -> None:
    clock, telemetry = MovedClock(), InMemoryTelemetry()
    machine = ToldMachine(
        full("cpu", 0.2),
        full("memory", 0.8),
        full("disk", 0.95),
        full("gpu memory", 0.1, name="gpu 0"),
        full("gpu memory", 0.92, name="gpu 1"),
        full("database connections", None),
    )
    lines: list[Any] = []

    class Log:
        def warning(self, *told: object, **more: object) -> None:
            lines.append(more)

    watch = HostWatch(
        machine,
        telemetry,
        clean_up=CleanUp(machine, lambda _: "nothing"),
        clock=clock,
        log=Log(),  # type: ignore[arg-type]
    )
    watch.turn()
    clock.advance(30)
    sandbox = ProcessSandbox()
    rules = HostSettings().rules()
    figures = TelemetryMeasurements(telemetry, sandbox=sandbox).figures(rules, until=clock.now())
    bands = {rule.name: str(rule.threshold.band(figures[rule.key])) for rule in rules}  # type: ignore[arg-type]
    assert bands == {
        "host-cpu": "normal",
        "host-memory": "warning",
        "host-disk": "critical",
        "host-gpu-memory": "critical",
        "host-database-connections": "no data",
    }


def test_a_machine_full_of_real_work_is_not_cleaned_every_minute() -> None:
    clock, runs = MovedClock(), []
    machine = ToldMachine(full("memory", 0.95))

    def act(_: object) -> str:
        runs.append(clock.now())
        return "tried"

    clean = CleanUp(machine, act)
    for _ in range(20):
        clean.when_due(machine.resources(), now=clock.now())
        clock.advance(60)
    assert len(runs) == 2
    assert runs[1] - runs[0] >= REST


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ((), "let go of"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "ended with 3"),
        (("/no/such/command",), "failed: FileNotFoundError"),
    ],
)
def test_the_operators_command_runs_and_its_failure_is_told(command: tuple[str, ...], told: str) -> None:
    assert told in clean_up_action(command)(())


def test_this_machine_is_read_and_a_database_that_is_away_has_no_data(tmp_path: Path) -> None:
    def away() -> tuple[int, int]:
        raise UnavailableError("it does not answer")

    found = {one.kind: one for one in Machine(tmp_path, connections=away).resources()}
    assert found["database connections"].state == "no data"
    for kind in ("memory", "disk"):
        share = found[kind].share  # type: ignore[index]
        assert share is not None
        assert 0 < share <= 1
    assert found["gpu memory"].state in {"no device", "OK", "high", "critical", "no data"}
