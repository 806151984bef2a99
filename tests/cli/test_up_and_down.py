"""`wk up`, `wk server` and `wk down` as real processes: one server a folder, restarts, a clean end."""

import json
import os
import signal
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING

import httpx
import pytest

from watchkeeper.app.discovery import ready_server
from watchkeeper.app.process_identity import process_start
from watchkeeper.app.run_files import GATEWAY, SERVER, SUPERVISOR, RunFile

if TYPE_CHECKING:
    from conftest import Wk

WAIT_S = 60.0


def started(wk: "Wk", process: "subprocess.Popen[str]") -> RunFile:
    """The server of a `wk up --json`, once that says it is ready."""
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line, process.communicate()[1]
    found = wk.running()
    assert found is not None
    told = json.loads(line)
    gateway = wk.running(GATEWAY)
    assert gateway is not None
    assert (told["url"], told["gateway_url"]) == (found.url, gateway.url)
    return found


def test_up_stays_until_ctrl_c_and_leaves_nothing_behind(wk: "Wk") -> None:
    up = wk.start("up", "--port", "0", "--json")
    server = started(wk, up)
    assert httpx.get(f"{server.url}/healthz").json() == {"ok": True, "data_dir": str(wk.data_dir)}
    os.killpg(up.pid, signal.SIGINT)  # as a terminal does: every process of the group gets it
    out, err = up.communicate(timeout=WAIT_S)
    assert (up.returncode, out, err) == (0, "", "")
    assert process_start(server.pid) is None
    assert not list((wk.data_dir / "run").glob("*.json"))


def limit_told(wk: "Wk") -> str:
    """What the server says a budget's limit is."""
    return str(wk.json("budget", "list")[0]["limit_usd"])


@pytest.mark.slow
def test_a_reload_reaches_gateway_and_server_and_drops_neither_port_nor_gateway(wk: "Wk") -> None:
    settings = wk.folder / "watchkeeper.yaml"
    settings.write_text("budgets: [{name: all, per: day, limit_usd: '1'}]", encoding="utf-8")
    up = wk.start("up", "--port", "0", "--json")
    server = started(wk, up)
    gateway = wk.running(GATEWAY)
    assert limit_told(wk) == "1"

    settings.write_text("budgets: [{name: all, per: day, limit_usd: '2'}]", encoding="utf-8")
    told = wk.json("reload")

    again = wk.running(SERVER)
    assert again is not None
    assert (again.pid, again.url) == (told["server"]["pid"], server.url)
    assert again.pid != server.pid
    assert limit_told(wk) == "2"
    assert wk.running(GATEWAY) == gateway, "the gateway is the same process"

    settings.write_text("budgets: [{name: all, per: never}]", encoding="utf-8")
    refused = wk.run("reload")
    assert (refused.returncode, "budgets.0.per" in refused.stderr) == (2, True), refused.stderr
    os.kill(up.pid, signal.SIGHUP)  # as `systemctl reload` does, which checks nothing before
    assert up.stderr is not None
    assert any("nothing was changed" in line for line in iter(up.stderr.readline, ""))
    assert wk.running(SERVER) == again
    up.terminate()
    up.communicate(timeout=WAIT_S)
    assert up.returncode == 0


@pytest.mark.slow
def test_closing_its_terminal_ends_it_as_ever(wk: "Wk") -> None:
    terminal, its_end = os.openpty()
    up = subprocess.Popen(
        wk.command("up", "--port", "0", "--json"),
        cwd=wk.folder,
        env=wk.full_environment(),
        stdin=its_end,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    os.close(its_end)
    started(wk, up)
    os.close(terminal)
    os.kill(up.pid, signal.SIGHUP)  # the kernel's own, where the terminal is the controlling one
    up.communicate(timeout=WAIT_S)
    assert up.returncode == 0
    assert wk.running(SERVER) is None


def test_a_reload_without_a_supervisor_says_what_to_do(wk: "Wk") -> None:
    refused = wk.run("reload")
    assert refused.returncode == 1
    assert "no `wk up` runs on" in refused.stderr
    assert "start it with `wk up`" in refused.stderr


def test_a_taken_port_is_told_before_anything_starts_and_names_its_own_option(wk: "Wk") -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = wk.run("up", "--port", "0", "--gateway-port", port)
    assert refused.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use by another program" in refused.stderr
    assert "`gateway.port`" in refused.stderr
    assert "`--gateway-port`" in refused.stderr
    assert not wk.data_dir.exists(), "nothing was started"


@pytest.mark.slow
def test_a_killed_server_is_started_again_on_the_same_port(wk: "Wk") -> None:
    up = wk.start("up", "--port", "0", "--json")
    first = started(wk, up)
    os.kill(first.pid, signal.SIGKILL)
    again = wk.until(lambda: (found := ready_server(wk.data_dir)) and found.pid != first.pid and found)
    assert again.url == first.url
    # The server is ready a moment before its supervisor has seen that and says so.
    assert up.stderr is not None
    assert [up.stderr.readline() for _ in range(2)] == [
        "server ended (signal 9); starting again in 0.5 s\n",
        f"server is back at {first.url}\n",
    ]
    up.send_signal(signal.SIGTERM)
    up.communicate(timeout=WAIT_S)


@pytest.mark.slow
def test_children_end_with_a_killed_supervisor(wk: "Wk") -> None:
    up = wk.start("up", "--port", "0", "--json")
    server = started(wk, up)
    up.kill()
    up.communicate()
    wk.until(lambda: not server.is_alive())
    assert not (wk.data_dir / "run" / "server.json").exists(), "it ended in good order"


@pytest.mark.slow
def test_a_second_up_says_who_holds_the_folder(wk: "Wk") -> None:
    up = wk.start("up", "--port", "0", "--json")
    server = started(wk, up)
    for arguments in (("up",), ("up", "--detach"), ("server", "--port", "0")):
        second = wk.run(*arguments)
        assert second.returncode == 1
        assert (
            f"already runs on the data folder {wk.data_dir}: server, process {server.pid}, {server.url}"
            in second.stderr
        )
        assert "Traceback" not in second.stderr
    assert httpx.get(f"{server.url}/readyz").status_code == 200
    wk.run("down")
    up.communicate(timeout=WAIT_S)


@pytest.mark.slow
def test_down_stops_everything_and_says_what(wk: "Wk") -> None:
    assert wk.run("up", "--port", "0", "--detach").returncode == 0
    running = [wk.running(name) for name in (SUPERVISOR, GATEWAY, SERVER)]
    stopped = wk.json("down")["stopped"]
    assert [each["name"] for each in stopped] == ["supervisor", "gateway", "ingest", "server", "postgres"]
    assert not any(each["forced"] for each in stopped)
    assert not any(each and each.is_alive() for each in running)
    assert process_start(stopped[-1]["pid"]) is None
    nothing = wk.run("down")
    assert nothing.stdout == f"nothing runs on {wk.data_dir}\n"
    assert nothing.returncode == 0


@pytest.mark.slow
def test_a_port_in_use_is_named_with_the_option(wk: "Wk") -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for command in ("up", "server"):
            done = wk.run(command, "--port", str(port))
            assert done.returncode == 1
            assert f"port {port} on 127.0.0.1 is in use" in done.stderr
            assert "--port" in done.stderr
            assert "Traceback" not in done.stderr
    assert not list((wk.data_dir / "run").glob("*.json"))


@pytest.mark.slow
def test_another_collector_on_the_usual_ports_is_left_alone(wk: "Wk") -> None:
    with ExitStack() as held:
        for port in (4317, 4318):
            taken = held.enter_context(socket.socket())
            with suppress(OSError):  # whoever has it holds it as well as we would
                taken.bind(("127.0.0.1", port))
                taken.listen()
        free = held.enter_context(socket.socket())
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        up = wk.start("up", "--port", str(port), "--gateway-port", "0", "--json")
        assert up.stdout is not None
        told = json.loads(up.stdout.readline())
        assert told["url"].endswith(f":{port}")
        assert not {told["otlp_grpc_port"], int(told["otlp_url"].rpartition(":")[2])} & {0, 4317, 4318}
        up.send_signal(signal.SIGTERM)
        _, err = up.communicate(timeout=WAIT_S)
        assert "port 4318 is in use by another program: another one is taken for telemetry" in err


@pytest.mark.slow
def test_settings_that_take_any_port_for_the_server_take_any_for_the_doors_nobody_chose(wk: "Wk") -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        chosen = free.getsockname()[1]
    wk.folder.joinpath("watchkeeper.yaml").write_text(f"server: {{port: 0}}\ngateway: {{port: {chosen}}}\n")
    up = wk.start("up", "--json")
    assert up.stdout is not None
    told = json.loads(up.stdout.readline())
    assert told["gateway_url"].endswith(f":{chosen}")
    assert not {told["otlp_grpc_port"], int(told["otlp_url"].rpartition(":")[2])} & {0, 4317, 4318}
    up.send_signal(signal.SIGTERM)
    assert up.communicate(timeout=WAIT_S)[1] == ""


def test_a_stale_run_file_is_recognised(wk: "Wk") -> None:
    (wk.data_dir / "run").mkdir(parents=True)
    stale = RunFile(
        name="server",
        pid=os.getpid(),
        process_start="1",
        started_at="2026-01-01T00:00:00+00:00",
        port=1,
        url="http://x",
    )
    (wk.data_dir / "run" / "server.json").write_text(json.dumps({**_row(stale)}), encoding="utf-8")
    assert wk.run("down").stdout == f"nothing runs on {wk.data_dir}\n"


def _row(run_file: RunFile) -> dict[str, object]:
    return {name: getattr(run_file, name) for name in run_file.__slots__}


@pytest.mark.slow
def test_a_data_folder_that_cannot_be_made_is_one_sentence(wk: "Wk") -> None:
    wk.data_dir.write_text("in the way", encoding="utf-8")
    for arguments in (("up",), ("server",)):
        done = wk.run(*arguments)
        assert done.returncode == 1
        assert f"the data folder {wk.data_dir} cannot be written" in done.stderr
        assert "Traceback" not in done.stderr
    wk.data_dir.unlink()


@pytest.mark.slow
def test_an_idle_server_leaves_by_itself(wk: "Wk") -> None:
    server = wk.start("server", "--port", "0", "--idle-exit", "0.5", "--json")
    out, err = server.communicate(timeout=WAIT_S)
    assert (server.returncode, err) == (0, "")
    assert json.loads(out)["idle_exit_s"] == 0.5
    assert wk.running() is None


@pytest.mark.slow
def test_an_idle_server_makes_room_for_one_that_stays(wk: "Wk") -> None:
    idle = wk.start("server", "--port", "0", "--idle-exit", "300")
    before = wk.until(lambda: ready_server(wk.data_dir))
    up = wk.start("up", "--port", "0", "--json")
    after = started(wk, up)
    assert after.pid != before.pid
    assert idle.wait(WAIT_S) == 0
    idle.communicate()
    up.send_signal(signal.SIGINT)
    up.communicate(timeout=WAIT_S)


@pytest.mark.slow
def test_many_commands_at_once_end_up_with_one_server(wk: "Wk") -> None:
    code = (
        "import sys, pathlib\n"
        "from watchkeeper.adapters.clock import SystemClock\n"
        "from watchkeeper.app.discovery import find_or_start\n"
        "data, *command = sys.argv[1:]\n"
        "print(find_or_start(pathlib.Path(data), command, SystemClock()).pid)\n"
    )
    start = wk.command("server", "--port", "0", "--idle-exit", "300")
    command = [start[0], "-c", code, str(wk.data_dir), *start]

    def find(_: int) -> str:
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=WAIT_S).stdout

    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(find, range(4)))
    assert found == {f"{running.pid}\n" if (running := wk.running()) else ""}
