"""What rounds add up to."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from watchkeeper.coaching.figures import (
    agents_in_runs,
    phase_reports,
    standings,
    strategies_used,
    trends,
)
from watchkeeper.coaching.records import RoundRow

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def row(session: str, number: int, accuracy: float, strategy: str = "explore", **changes: Any) -> RoundRow:
    told: dict[str, Any] = {
        "workload": "w",
        "run_id": "RUN_1",
        "document": session,
        "agent": "a",
        "coverage": 1.0,
        "precision": accuracy,
        "recall": accuracy,
        "f1": accuracy,
        "errors": (),
        "missing": (),
        "reason": "",
        "change": None,
        "improvement": 0.0,
        "basis": "truth",
        "phase": 1,
        "created_at": NOON,
    }
    return RoundRow(
        session_id=session, round=number, accuracy=accuracy, strategy=strategy, **{**told, **changes}
    )


def test_strategies_stand_in_round_order_joined_by_arrows() -> None:
    rows = [row("s", 3, 1.0, "maintain"), row("s", 1, 0.5), row("s", 2, 0.8, "refine")]
    (one,) = agents_in_runs(rows)
    assert one.strategies == "explore → refine → maintain"
    assert (one.rounds, one.best, one.sessions) == (3, 1.0, 1)


def test_the_newest_run_stands_first_and_within_it_the_best_agent() -> None:
    rows = [
        row("s", 1, 1.0),
        row("t", 1, 0.5, run_id="RUN_2", agent="b", created_at=NOON + timedelta(hours=1)),
        row("u", 1, 0.9, run_id="RUN_2", created_at=NOON + timedelta(hours=1)),
    ]
    assert [(one.run_id, one.agent) for one in agents_in_runs(rows)] == [
        ("RUN_2", "a"),
        ("RUN_2", "b"),
        ("RUN_1", "a"),
    ]


def test_a_strategy_s_gain_is_that_of_the_round_after_it() -> None:
    rows = [row("s", 1, 0.5), row("s", 2, 0.8, "refine", improvement=0.3), row("t", 1, 1.0, "maintain")]
    used = {one.strategy: (one.count, one.improvement) for one in strategies_used(rows)}
    assert used == {"explore": (1, 0.3), "refine": (1, None), "maintain": (1, None)}


def test_a_day_is_a_calendar_day_of_the_zone_asked_for() -> None:
    from zoneinfo import ZoneInfo

    late = row("s", 1, 0.5, created_at=datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert trends([late], ZoneInfo("Europe/Stockholm"))[0].day == date(2026, 3, 2)
    assert trends([late], UTC)[0].day == date(2026, 3, 1)


def test_weak_and_stuck_agents_are_told_worst_first() -> None:
    stuck = [row(f"s{n}", 1, 0.8, agent="b", created_at=NOON + timedelta(minutes=n)) for n in range(5)]
    found = standings([*stuck, row("t", 1, 0.6, agent="c"), row("u", 1, 1.0, agent="d")])
    assert [(one.agent, one.weak, one.stuck) for one in found] == [
        ("c", True, False),
        ("b", False, True),
        ("d", False, False),
    ]


def test_a_phase_that_gained_less_than_fifteen_points_is_marked() -> None:
    rows = [
        *(row("s", 1, 0.60), row("s", 2, 0.75)),
        *(row("t", 1, 0.80, phase=2), row("t", 2, 0.94, phase=2)),
    ]
    first, second = phase_reports(rows)
    assert first.gain == pytest.approx(0.15)
    assert not first.below_expected
    assert second.gain == pytest.approx(0.14)
    assert second.below_expected
    assert first.gap == pytest.approx(0.05)


def test_documents_judged_by_consensus_are_counted_beside_the_accuracy_they_inflate() -> None:
    by_readers = row("t", 1, 1.0, "maintain", basis="consensus and arithmetic")
    rows = [row("s", 1, 0.5), by_readers, row("u", 1, 0.5)]
    for told in (agents_in_runs(rows), trends(rows, UTC), standings(rows), phase_reports(rows)):
        assert [one.without_truth for one in told] == [1]


def test_nothing_coached_is_no_row_anywhere() -> None:
    assert not agents_in_runs([])
    assert not phase_reports([])
    assert not standings([])
