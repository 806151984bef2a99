"""What rounds add up to: sequences, trends, strategies, who is stuck and who is best."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from statistics import fmean
from typing import TypeVar

from watchkeeper.coaching.decision import EPSILON, MAINTAIN_FROM, is_stuck
from watchkeeper.coaching.phases import EXPECTED_GAIN, PHASES
from watchkeeper.coaching.records import RoundRow

Key = TypeVar("Key")
BY_TRUTH = "truth"
"""The basis of rounds of documents somebody labelled."""
WEAK_BELOW = 0.70
"""An agent below this on average needs somebody (GF-25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentInRun:
    """An agent in a run (GF-14)."""

    run_id: str
    agent: str
    sessions: int
    rounds: int
    average: float
    best: float
    strategies: str
    """In the order they were used, joined by arrows; the same one again is told once."""
    without_truth: int
    """Documents nobody labelled: what the readers agree on stood in, and accuracy says little of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDay:
    """An agent on a calendar day (GF-15)."""

    day: date
    agent: str
    documents: int
    average: float
    best: float
    without_truth: int
    """As in `AgentInRun`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """All agents in one hour (GF-32)."""

    hour: datetime
    """When it begins."""
    runs: int
    """Runs of an agent on a document."""
    average: float
    f1: float
    without_truth: int
    """As in `AgentInRun`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyUse:
    """How a strategy did (GF-24)."""

    strategy: str
    count: int
    improvement: float | None
    """What the round after it gained, on average; None where none followed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentStanding:
    """An agent over a window (GF-25, GF-33)."""

    agent: str
    documents: int
    average: float
    best: float
    stuck: bool
    """Whether its last five rounds moved less than 0.02, below the aim."""
    weak: bool
    without_truth: int
    """As in `AgentInRun`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseReport:
    """What a phase brought (GF-03, GF-04); accuracies are means over sessions, 0 to 1."""

    phase: int
    name: str
    documents: int
    start: float
    """In the first rounds of its sessions."""
    end: float
    """In their last rounds."""
    gain: float
    below_expected: bool
    """Whether it gained less than 15 points."""
    target: float
    gap: float
    """What is missing to the target."""
    without_truth: int
    """As in `AgentInRun`."""


def agents_in_runs(rows: Iterable[RoundRow]) -> tuple[AgentInRun, ...]:
    """Newest run first, best average first."""
    found = [
        AgentInRun(
            run_id=run_id,
            agent=agent,
            sessions=len({one.session_id for one in group}),
            rounds=len(group),
            average=fmean(one.accuracy for one in group),
            best=max(one.accuracy for one in group),
            strategies=" → ".join(_without_repeats([one.strategy for one in group])),
            without_truth=_without_truth(group),
        )
        for (run_id, agent), group in _grouped(rows, lambda one: (one.run_id, one.agent)).items()
    ]
    newest = {one.run_id: one.created_at for one in rows}
    return tuple(sorted(found, key=lambda one: (-newest[one.run_id].timestamp(), -one.average, one.agent)))


def trends(rows: Iterable[RoundRow], zone: tzinfo) -> tuple[AgentDay, ...]:
    """Newest day first, then by agent."""
    days = _grouped(rows, lambda one: (one.created_at.astimezone(zone).date(), one.agent))
    found = [
        AgentDay(
            day=day,
            agent=agent,
            documents=len({one.document for one in group}),
            average=fmean(one.accuracy for one in group),
            best=max(one.accuracy for one in group),
            without_truth=_without_truth(group),
        )
        for (day, agent), group in days.items()
    ]
    return tuple(sorted(found, key=lambda one: (-one.day.toordinal(), one.agent)))


def hourly(rows: Iterable[RoundRow], zone: tzinfo) -> tuple[Hour, ...]:
    """Newest hour first; an hour in which nobody was coached is not there."""
    hours = _grouped(rows, lambda one: _hour_of(one.created_at.astimezone(zone)))
    found = [
        Hour(
            hour=hour,
            runs=len(group),
            average=fmean(one.accuracy for one in group),
            f1=fmean(one.f1 for one in group),
            without_truth=_without_truth(group),
        )
        for hour, group in hours.items()
    ]
    return tuple(sorted(found, key=lambda one: one.hour, reverse=True))


def strategies_used(rows: Iterable[RoundRow]) -> tuple[StrategyUse, ...]:
    """Most used first; what a strategy gained shows in the round after it."""
    gains: dict[str, list[float]] = defaultdict(list)
    counts: dict[str, int] = defaultdict(int)
    for group in _grouped(rows, lambda one: one.session_id).values():
        for place, one in enumerate(group):
            counts[one.strategy] += 1
            if place + 1 < len(group):
                gains[one.strategy].append(group[place + 1].improvement)
    return tuple(
        StrategyUse(strategy=name, count=count, improvement=fmean(gains[name]) if gains[name] else None)
        for name, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    )


def standings(rows: Iterable[RoundRow]) -> tuple[AgentStanding, ...]:
    """Worst average first."""
    found = []
    for agent, group in _grouped(rows, lambda one: one.agent).items():
        average = fmean(one.accuracy for one in group)
        found.append(
            AgentStanding(
                agent=agent,
                documents=len({one.document for one in group}),
                average=average,
                best=max(one.accuracy for one in group),
                stuck=average < MAINTAIN_FROM and is_stuck([one.accuracy for one in group]),
                weak=average < WEAK_BELOW,
                without_truth=_without_truth(group),
            )
        )
    return tuple(sorted(found, key=lambda one: (one.average, one.agent)))


def phase_reports(rows: Iterable[RoundRow]) -> tuple[PhaseReport, ...]:
    """Each phase that was coached in, by number: where its documents began, and where they ended."""
    found = []
    for number, group in sorted(_grouped(rows, lambda one: one.phase).items()):
        sessions = list(_grouped(group, lambda one: one.session_id).values())
        start = fmean(rounds[0].accuracy for rounds in sessions)
        end = fmean(rounds[-1].accuracy for rounds in sessions)
        phase = PHASES[number - 1]
        found.append(
            PhaseReport(
                phase=number,
                name=phase.name,
                documents=len({one.document for one in group}),
                start=start,
                end=end,
                gain=end - start,
                below_expected=end - start < EXPECTED_GAIN - EPSILON,
                target=phase.target,
                gap=max(0.0, phase.target - end),
                without_truth=_without_truth(group),
            )
        )
    return tuple(found)


def _hour_of(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _grouped(rows: Iterable[RoundRow], key: Callable[[RoundRow], Key]) -> dict[Key, list[RoundRow]]:
    groups: dict[Key, list[RoundRow]] = defaultdict(list)
    for one in sorted(rows, key=lambda row: (row.created_at, row.session_id, row.round)):
        groups[key(one)].append(one)
    return groups


def _without_truth(group: Iterable[RoundRow]) -> int:
    return len({one.document for one in group if one.basis != BY_TRUTH})


def _without_repeats(names: Sequence[str]) -> list[str]:
    return [name for place, name in enumerate(names) if place == 0 or names[place - 1] != name]
