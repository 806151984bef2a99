"""A server that is stopped: the supervisor tells people in its place, and the server ends the alert."""

import os
import signal
from datetime import datetime
from typing import TYPE_CHECKING

import httpx
import pytest
import yaml

from watchkeeper.app.run_files import SERVER
from watchkeeper.testing.webhook import Webhook

if TYPE_CHECKING:
    from conftest import Wk

EVERY_S = 8.0


@pytest.mark.slow
@pytest.mark.requirement("HE-46")
def test_a_stopped_monitor_is_told_within_two_intervals_and_its_return_as_well(wk: "Wk") -> None:
    with Webhook() as hook:
        said = {
            # A busy machine that runs the tests is nobody's subject here.
            "monitoring": {"every_s": EVERY_S, "host": {"enabled": False}},
            "notification": {"channels": {"hook": {"url": hook.url}}},
        }
        (wk.folder / "watchkeeper.yaml").write_text(yaml.safe_dump(said), encoding="utf-8")
        up = wk.start("up", "--port", "0", "--json")
        assert up.stdout is not None
        assert up.stdout.readline()
        server = wk.running(SERVER)
        assert server is not None
        beat = wk.data_dir / "run" / "monitor.beat"
        wk.until(beat.exists)
        assert hook.taken == []

        os.kill(server.pid, signal.SIGSTOP)
        try:
            last_look = datetime.fromisoformat(yaml.safe_load(beat.read_text(encoding="utf-8"))["at"])
            wk.until(lambda: hook.taken)
        finally:
            os.kill(server.pid, signal.SIGCONT)
        assert "time since the monitor looked" in hook.taken[0]["title"]
        assert hook.taken[0]["type"] == "failure"

        wk.until(lambda: len(hook.taken) > 1)
        assert hook.taken[1]["title"].startswith("RESOLVED")
        [alert] = httpx.get(f"{server.url}/api/v1/alerts/history").json()
        assert (alert["rule"], alert["state"]) == ("watchkeeper/monitor-stopped", "resolved")
        # Both instants are of one clock: what the watchdog needs, and not how fast this machine is.
        fired_at = datetime.fromisoformat(alert["fired_at"])
        assert (fired_at - last_look).total_seconds() <= 2 * EVERY_S
        up.send_signal(signal.SIGTERM)
        up.communicate(timeout=60)
