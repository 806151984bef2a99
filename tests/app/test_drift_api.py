"""A model swapped behind its name becomes an alert of the monitor, and `wk drift models` says by what."""

import json
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from tests.app.conftest import CALL, wait_until
from tests.monitoring.drift.test_model_behaviour import answers
from watchkeeper.app.client import ApiClient
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.cli.main import app
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.telemetry import InMemoryTelemetry

if TYPE_CHECKING:
    from conftest import StartOnMovedClock, StartServer

WATCHED = MonitoringSettings.model_validate(
    {"drift": {"models": [{"workload": "shop", "model": name} for name in ("steady", "swapped", "silent")]}}
)


def history(store: InMemoryTelemetry, clock: MovedClock) -> None:
    """Two models for eight days; behind the name of one, another answers since yesterday."""
    spans = []
    for model in ("steady", "swapped"):
        for day in range(8):
            style = "lists" if model == "swapped" and day == 0 else "plain"
            for number, one in enumerate(answers(160, seed=day + 10 * len(model), style=style)):
                at = clock.now() - timedelta(days=day, minutes=8 * number + 1)
                spans.append(
                    replace(
                        CALL,
                        span_id=f"{len(spans) + 1:016x}",
                        model=model,
                        start_ns=ns_of(at),
                        duration_ns=int(one.duration_ms * 1e6),
                        output_tokens=one.output_tokens,
                        prompt_preview=one.prompt,
                        reply_preview=one.reply,
                        finish_reason=one.finish_reason,
                    )
                )
    store.append(TelemetryBatch(spans=tuple(spans)), received_at=clock.now())


@pytest.fixture
def shop(start_on_moved_clock: "StartOnMovedClock") -> ApiClient:
    return start_on_moved_clock(history, monitoring=WATCHED).client


def test_a_model_swapped_behind_its_name_is_an_alert_and_a_steady_one_is_none(shop: ApiClient) -> None:
    wait_until(lambda: shop.get("/alerts")["alerts"])
    wait_until(lambda: shop.get("/health")["looked_at"])
    [alert] = shop.get("/alerts")["alerts"]
    assert alert["rule"] == "shop/silent-change-swapped"
    assert "silent change of model swapped" in alert["message"]

    told = CliRunner().invoke(app, ["--server", shop.url, "drift", "models", "--workload", "shop"])
    assert told.exit_code == 1
    assert "shop, steady: unchanged; answers are as before" in told.stdout
    assert "shop, swapped: changed; other answers to like questions: length" in told.stdout
    assert "silent" not in told.stdout, "a model nobody called is not compared"


@pytest.mark.requirement("HE-32", "HE-72")
def test_a_reference_of_calls_has_size_and_date_and_calls_are_held_against_it(
    start_on_moved_clock: "StartOnMovedClock",
) -> None:
    watched = MonitoringSettings.model_validate(
        {"drift": {"references": [{"reference": "usual", "workload": "shop"}]}}
    )
    client, telemetry, clock = start_on_moved_clock(monitoring=watched)

    def wk(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["--server", client.url, *arguments])

    def serves(count: int, *, ms: float, seed: int) -> None:
        # The calls lie there before the clock moves: a look between the two would keep the verdict
        # of no calls for its quarter of an hour, which never ends on a clock that stands.
        chance = random.Random(seed)
        two_hours_on = clock.now() + timedelta(hours=2)
        spans = tuple(
            replace(
                CALL,
                span_id=f"{seed:08x}{number:08x}",
                start_ns=ns_of(two_hours_on) - 1_000_000_000,
                duration_ns=int(1e6 * chance.gauss(ms, 10)),
                output_tokens=chance.randint(50, 60),
            )
            for number in range(count)
        )
        telemetry.append(TelemetryBatch(spans=spans), received_at=clock.now())
        clock.move_to(two_hours_on)

    serves(500, ms=200, seed=1)
    assert "there is no reference" in wk("drift", "reference", "list").stdout
    added = wk("drift", "reference", "add", "usual", "--workload", "shop", "--since", "-1h")
    assert (added.exit_code, "usual@1: 500 rows of duration_ms" in added.stdout) == (0, True)
    [facts] = client.get("/drift/references")
    assert (facts["rows"], facts["workload"]) == (500, "shop")
    assert facts["made_at"].startswith(f"{clock.now():%Y-%m-%dT%H:%M}")
    assert f"{clock.now():%Y-%m-%d}" in wk("drift", "reference", "list").stdout

    serves(500, ms=200, seed=2)
    same = wk("drift", "check", "usual")
    assert (same.exit_code, "no column drifted" in same.stdout) == (0, True)

    serves(500, ms=260, seed=3)
    moved = wk("drift", "check", "usual@1", "--json")
    assert moved.exit_code == 1
    by_name = {one["column"]: one["drifted"] for one in json.loads(moved.stdout)["columns"]}
    assert (by_name["duration_ms"], by_name["output_tokens"]) == (True, False)

    def of_drift() -> list[dict[str, Any]]:
        # Until the reference was made, the monitor could not hold anything against it, and said so.
        found = client.get("/alerts")["alerts"]
        return [one for one in found if one["rule"] == "shop/drift-from-usual"]

    wait_until(of_drift)
    assert of_drift()[0]["value"] == 1.0

    unknown = wk("drift", "check", "usul")
    assert "there is no reference 'usul'" in str(unknown.exception)
    assert unknown.exception.action.startswith("did you mean usual"), unknown.exception.action


@pytest.mark.requirement("HE-32")
def test_a_file_can_be_a_reference_and_be_compared_by_its_name(
    start_server: "StartServer", tmp_path: Path
) -> None:
    handle = start_server()
    with ApiClient(handle.address) as client:
        wait_until(lambda: client.get("/alerts"))
    for name, shift in (("before", 0), ("same", 0), ("later", 3)):
        chance = random.Random(name)
        rows = "\n".join(f"{chance.gauss(shift, 1):.6f}" for _ in range(300))
        (tmp_path / f"{name}.csv").write_text(f"figure\n{rows}\n", encoding="utf-8")

    def wk(*arguments: str) -> Any:
        return CliRunner().invoke(app, ["--server", handle.address, *arguments])

    for version in (1, 2):
        added = wk("drift", "reference", "add", "march", str(tmp_path / "before.csv"))
        assert f"march@{version}: 300 rows of figure" in added.stdout
    assert wk("drift", "compare", "march", str(tmp_path / "same.csv")).exit_code == 0
    assert wk("drift", "compare", "march@1", str(tmp_path / "later.csv")).exit_code == 1
