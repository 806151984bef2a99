"""The daily evaluation, on a moved clock: at its time, once, and made up for where no server ran."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import cast

import pytest

from watchkeeper.app.services import Services
from watchkeeper.app.settings import Settings
from watchkeeper.telemetry.metric_question import MetricQuestion
from watchkeeper.testing.clock import MovedClock
from watchkeeper.testing.telemetry import InMemoryTelemetry
from watchkeeper.workloads.recommender.quality import Quality
from watchkeeper.workloads.recommender.scheduled_evaluation import ScheduledEvaluation

HOUR_S = 3600.0


@dataclass
class Scene:
    """What of a server's services an evaluation uses."""

    clock: MovedClock = field(default_factory=lambda: MovedClock(datetime(2026, 5, 1, 20, 0, tzinfo=UTC)))
    telemetry: InMemoryTelemetry = field(default_factory=InMemoryTelemetry)
    settings: Settings = field(default_factory=lambda: Settings(timezone="Europe/Stockholm"))

    def evaluation(self, ndcg: float | None = 0.8) -> ScheduledEvaluation:
        quality = Quality(queries=82, ndcg_at_10=ndcg, precision_at_5=0.7, diversity=0.6)
        return ScheduledEvaluation(cast("Services", self), measure=lambda: quality)

    def points(self, name: str) -> int:
        return sum(row.points for row in self.telemetry.metric_series(MetricQuestion(name=name)))


@pytest.mark.requirement("HE-23")
def test_it_evaluates_at_its_time_once_a_day_and_keeps_the_three_figures() -> None:
    scene = Scene()
    evaluation = scene.evaluation()
    evaluated_at = []
    for _ in range(48 * 4):
        if evaluation.turn() is not None:
            evaluated_at.append(scene.clock.now().isoformat())
        scene.clock.advance(HOUR_S / 4)
    assert evaluated_at == ["2026-05-02T01:00:00+00:00", "2026-05-03T01:00:00+00:00"], "03:00 in Stockholm"
    assert {name: scene.points(name) for name in ("ndcg_at_10", "precision_at_5", "diversity")} == {
        "ndcg_at_10": 2,
        "precision_at_5": 2,
        "diversity": 2,
    }


def test_a_fresh_server_does_not_evaluate_before_its_time() -> None:
    assert Scene().evaluation().turn() is None


def test_a_time_no_server_ran_at_is_made_up_for_once() -> None:
    scene = Scene()
    first = scene.evaluation()
    scene.clock.advance(6 * HOUR_S)
    assert first.turn() is not None
    scene.clock.advance(30 * HOUR_S)
    restarted = scene.evaluation()
    assert restarted.turn() is not None
    assert restarted.turn() is None
    assert scene.evaluation().turn() is None


def test_a_figure_nobody_knows_is_no_point() -> None:
    scene = Scene()
    evaluation = scene.evaluation(ndcg=None)
    scene.clock.advance(6 * HOUR_S)
    evaluation.turn()
    assert (scene.points("ndcg_at_10"), scene.points("diversity")) == (0, 1)


def test_the_whole_corpus_is_ranked_where_nothing_else_is_given() -> None:
    scene = Scene()
    evaluation = ScheduledEvaluation(cast("Services", scene))
    scene.clock.advance(6 * HOUR_S)
    found = evaluation.turn()
    assert found is not None
    assert found.queries == 82
    assert found.ndcg_at_10 is not None
    assert found.ndcg_at_10 >= 0.70
