"""A loop outlives every failure of its turns, and says so."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest

from watchkeeper.app.loops import Loop, loop_counters
from watchkeeper.app.metrics import Metrics
from watchkeeper.app.readiness import PartState, Readiness
from watchkeeper.app.server_log import ServerLog
from watchkeeper.testing.clock import MovedClock


class Scene:
    """Loops with their surroundings."""

    def __init__(self, data_dir: Path) -> None:
        self.readiness = Readiness()
        self.metrics = Metrics()
        self.log = ServerLog(data_dir, MovedClock())
        self.log_file = data_dir / "logs" / "server.jsonl"

    def loop(self, turn: Callable[[], object], *, every_s: float = 0.01, punctual: bool = False) -> Loop:
        return Loop(
            "shipping",
            turn,
            every_s=every_s,
            readiness=self.readiness,
            counters=loop_counters(self.metrics),
            log=self.log.log,
            punctual=punctual,
        )


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path)
    yield made
    made.log.close()


def test_a_failed_turn_is_logged_counted_and_shown(scene: Scene) -> None:
    loop = scene.loop(lambda: 1 / 0)
    assert not loop.turn_once()
    part = scene.readiness.parts()["shipping"]
    assert part.state is PartState.FAILED
    assert part.reason == "ZeroDivisionError: division by zero"
    assert 'watchkeeper_loop_failures_total{loop="shipping"} 1' in scene.metrics.exposition()
    assert "ZeroDivisionError" in scene.log_file.read_text(encoding="utf-8")


def test_a_loop_goes_on_after_a_failure(scene: Scene) -> None:
    turns: list[int] = []
    third = Event()

    def turn() -> None:
        turns.append(1)
        if len(turns) == 3:
            third.set()
        if len(turns) < 3:
            raise OSError("disk")

    loop = scene.loop(turn)
    loop.start()
    assert third.wait(5)
    assert loop.stop()
    assert scene.readiness.reasons() == ()


def test_a_stopped_loop_has_turned_a_last_time(scene: Scene) -> None:
    turns: list[int] = []
    first = Event()

    def turn() -> None:
        turns.append(1)
        first.set()

    loop = scene.loop(turn, every_s=1000)
    loop.start()
    assert first.wait(5)
    assert loop.stop()
    assert len(turns) == 2


def test_a_loop_of_an_hour_turns_once_an_hour_whether_or_not_it_fails(scene: Scene) -> None:
    """It was every 30 seconds: the longest pause after failures was the longest of all."""
    loop = scene.loop(lambda: 1 / 0, every_s=3600)
    assert loop.pause_s() == 3600
    loop.turn_once()
    assert loop.pause_s() == 3600


def test_a_loop_that_fails_pauses_longer_unless_somebody_waits_for_it(scene: Scene) -> None:
    patient, punctual = (
        scene.loop(lambda: 1 / 0, every_s=5),
        scene.loop(lambda: 1 / 0, every_s=5, punctual=True),
    )
    for _ in range(4):
        patient.turn_once()
        punctual.turn_once()
    assert (patient.pause_s(), punctual.pause_s()) == (30, 5)
