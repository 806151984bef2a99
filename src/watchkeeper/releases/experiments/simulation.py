"""Simulated subjects through the real rule: how often it tells a false winner, and how soon a true one.

Nothing here serves anybody: it answers what an operator asks before starting an experiment.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from watchkeeper.releases.assignment import BUCKETS
from watchkeeper.releases.experiments.allocation import shares_of
from watchkeeper.releases.experiments.experiment import Arm, Experiment
from watchkeeper.releases.experiments.ports import ArmRecord
from watchkeeper.releases.experiments.verdict import Decision, look_at
from watchkeeper.releases.gate import Record
from watchkeeper.statistics.always_valid import Side

_LOOK_EVERY = 20
"""Subjects of all arms between two looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one simulated experiment."""

    seed: int
    decision: Decision
    winner: str | None
    subjects: int
    """That took part, in all arms."""


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def quality_experiment(
    arms: int, *, alpha: float, planned: int, enough: int, least: float | None
) -> Experiment:
    """An experiment of so many even arms that quality decides; it is nobody's and runs nowhere."""
    shares = shares_of([None] * arms)
    return Experiment(
        name="simulated",
        workload="simulated",
        arms=tuple(
            Arm(name=f"arm-{number}", release_id=f"simulated-{number}", share=share)
            for number, share in enumerate(shares, start=1)
        ),
        control="arm-1",
        metric="quality",
        evaluation="simulated",
        share=BUCKETS,
        least=least,
        alpha=alpha,
        planned=planned,
        enough=enough,
        started_by="simulation",
        started_at=_EPOCH,
        reason="simulated",
        ends_at=None,
    )


def simulate(experiment: Experiment, rates: Sequence[float], *, seed: int, most_subjects: int) -> Outcome:
    """Let subjects come until it is decided; equal arguments give an equal outcome.

    Args:
        experiment: Its rule is used, and its arms' shares; what decides is the quality.
        rates: Of each arm, the share of subjects whose answer is right.
        seed: Of the draws.
        most_subjects: When it ends undecided.
    """
    random = np.random.default_rng(seed)
    chances = np.array([arm.share for arm in experiment.arms]) / sum(arm.share for arm in experiment.arms)
    counts, right = np.zeros(len(chances), dtype=int), np.zeros(len(chances), dtype=int)
    decision: Decision = "no data"
    for came in range(_LOOK_EVERY, most_subjects + 1, _LOOK_EVERY):
        drawn = random.multinomial(_LOOK_EVERY, chances)
        counts += drawn
        right += random.binomial(drawn, np.array(rates))
        if counts.min() < experiment.enough:
            continue
        found = look_at(experiment, _records(experiment, counts.tolist(), right.tolist()))
        decision = found.decision
        if decision in {"winner", "no difference"}:
            return Outcome(seed=seed, decision=decision, winner=found.winner, subjects=came)
    return Outcome(seed=seed, decision=decision, winner=None, subjects=most_subjects)


def _records(experiment: Experiment, counts: Sequence[int], right: Sequence[int]) -> dict[str, ArmRecord]:
    return {
        arm.name: ArmRecord(
            subjects=count, calls=count, record=Record(calls=count, quality=_side(count, hits))
        )
        for arm, count, hits in zip(experiment.arms, counts, right, strict=True)
    }


def _side(count: int, hits: int) -> Side:
    mean = hits / count
    return Side(count, mean, mean * (1 - mean) * count / max(1, count - 1))
