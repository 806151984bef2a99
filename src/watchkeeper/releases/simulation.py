"""Simulated candidates through the real gate: how many bad ones go live, how many good ones are turned away.

Nothing here serves anybody: it answers what an operator asks before trusting the gate with other tolerances.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from watchkeeper.releases.assignment import BUCKETS
from watchkeeper.releases.gate import GateVerdict, Record, Stratum, Tolerances, judge
from watchkeeper.releases.promotion import STAGES, Stage, next_step
from watchkeeper.statistics.always_valid import Side

_LOOK_EVERY = 25
"""Calls of the candidate between two looks."""
LATENCY_SCATTER = 0.6
"""Standard deviation of the logarithm: the 95th percentile is 2.7 times the median."""
COST_SCATTER = 0.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated:
    """How a simulated release really is."""

    success: float = 0.90
    """Share of its calls that are answered rightly, from 0 to 1."""
    slower: float = 1.0
    """Its latency, as a multiple of the live one's."""
    dearer: float = 1.0
    """Its cost, likewise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one simulated candidate."""

    seed: int
    went_live: bool
    calls: int
    """That it got."""
    reason: str


def simulate(
    candidate: Simulated,
    live: Simulated,
    *,
    seed: int,
    tolerances: Tolerances,
    stages: Sequence[Stage] = STAGES,
) -> Outcome:
    """Send one candidate through all stages; equal arguments give an equal outcome."""
    random = np.random.default_rng(seed)
    share, strata, at_share, verdict = stages[0].share, [_Growing()], 0, None
    for _ in range(0, tolerances.most_calls, _LOOK_EVERY):
        beside = round(_LOOK_EVERY * (BUCKETS - share) / share)
        strata[-1].add(random, candidate, live, ours=_LOOK_EVERY, theirs=beside)
        at_share += _LOOK_EVERY
        verdict = judge([one.stratum() for one in strata], tolerances)
        step = next_step(share, verdict, calls_at_share=at_share, stages=stages)
        if step.kind in {"go live", "roll back"}:
            return _outcome(seed, step.kind == "go live", verdict)
        if step.kind == "raise":
            share, at_share = step.share, 0
            strata.append(_Growing())
    assert verdict is not None
    return _outcome(seed, False, verdict)


def _outcome(seed: int, went_live: bool, verdict: GateVerdict) -> Outcome:
    return Outcome(seed=seed, went_live=went_live, calls=verdict.calls, reason=verdict.reason)


class _Growing:
    """A stratum that fills."""

    def __init__(self) -> None:
        self._candidate = _Drawn()
        self._live = _Drawn()

    def add(
        self, random: np.random.Generator, candidate: Simulated, live: Simulated, *, ours: int, theirs: int
    ) -> None:
        self._candidate.add(random, candidate, ours)
        self._live.add(random, live, theirs)

    def stratum(self) -> Stratum:
        return Stratum(candidate=self._candidate.record(), live=self._live.record())


class _Drawn:
    """Calls drawn for one release: counts, sums and sums of squares of its measures."""

    def __init__(self) -> None:
        self._calls = 0
        self._sums = np.zeros((3, 2))

    def add(self, random: np.random.Generator, release: Simulated, calls: int) -> None:
        drawn = np.stack(
            [
                (random.random(calls) < release.success).astype(float),
                random.normal(np.log(release.slower), LATENCY_SCATTER, calls),
                random.normal(np.log(release.dearer), COST_SCATTER, calls),
            ]
        )
        self._calls += calls
        self._sums += np.stack([drawn.sum(axis=1), (drawn**2).sum(axis=1)], axis=1)

    def record(self) -> Record:
        quality, latency, cost = (self._side(row) for row in range(3))
        fine = Side(self._calls, 0.0, 0.0)
        return Record(calls=self._calls, quality=quality, errors=fine, latency=latency, cost=cost)

    def _side(self, row: int) -> Side:
        total, squares = self._sums[row]
        mean = total / self._calls
        return Side(self._calls, float(mean), float((squares - total * mean) / max(1, self._calls - 1)))
