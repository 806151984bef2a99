"""The arms of an experiment held against each other by one measure, with bounds that hold at every look."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from watchkeeper.releases.experiments.experiment import Experiment
from watchkeeper.releases.experiments.ports import ArmRecord
from watchkeeper.releases.gate import Measure
from watchkeeper.statistics.always_valid import (
    Bounds,
    Side,
    bounds_of_difference,
    bounds_of_mean,
    smoothed_share,
)

_SHARES: frozenset[Measure] = frozenset({"quality", "errors"})
_PER_MS = math.log(1e6)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmFigure:
    """Where one arm stands by one measure: a share or score, milliseconds, or US dollars; None is no data.

    Of milliseconds and dollars the mean is the geometric one.
    """

    arm: str
    measure: Measure
    subjects: int
    """With the measure taken."""
    mean: float | None
    low: float | None
    high: float | None
    """Bounds of this mean alone; each missed no oftener than half of `alpha`, over all looks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """One arm less another, by one measure; relative for latency and cost."""

    arm: str
    other: str
    measure: Measure
    difference: float
    low: float
    high: float


class Comparison:
    """The arms by one measure."""

    def __init__(self, experiment: Experiment, records: Mapping[str, ArmRecord], measure: Measure) -> None:
        self._experiment = experiment
        self._measure: Measure = measure
        self.sides: dict[str, Side | None] = {
            arm.name: getattr(records[arm.name].record, measure) for arm in experiment.arms
        }
        arms = len(experiment.arms)
        self._alpha = experiment.alpha / (arms * (arms - 1))

    def taken(self, arm: str) -> int:
        """Subjects of an arm with the measure taken."""
        side = self.sides[arm]
        return 0 if side is None else side.count

    def bounds(self, arm: str, other: str, *, grown: float = 1.0) -> Bounds | None:
        """Of the difference, as logarithms for what is relative; `grown`: with so many times the subjects."""
        pair = self._pair(arm, other)
        if pair is None:
            return None
        ours, theirs = (Side(round(one.count * grown), one.mean, one.variance) for one in pair)
        return bounds_of_difference(
            [(ours, theirs)], alpha=self._alpha, tightest_at=float(self._experiment.planned)
        )

    def _pair(self, arm: str, other: str) -> tuple[Side, Side] | None:
        ours, theirs = self.sides[arm], self.sides[other]
        if ours is None or theirs is None:
            return None
        if self._measure not in _SHARES:
            return ours, theirs
        # Shares of few subjects look less scattered than they are: one more of each, and the wider of both.
        widest = max(smoothed_share(ours).variance, smoothed_share(theirs).variance)
        return Side(ours.count, ours.mean, widest), Side(theirs.count, theirs.mean, widest)

    def best(self) -> str:
        """The arm that looks best; of equal ones the control, else the first."""
        sign = -1 if self._measure == "quality" else 1
        control = self._experiment.control

        def place(arm: str) -> tuple[float, bool]:
            side = self.sides[arm]
            assert side is not None
            return sign * side.mean, arm != control

        return min(self.sides, key=place)

    def is_better(self, found: Bounds) -> bool:
        """Whether the first of two is shown to be the better one."""
        return found.low > 0 if self._measure == "quality" else found.high < 0

    def least(self) -> float | None:
        """What is too small to matter, as a difference of what is compared."""
        least = self._experiment.least
        return least if least is None or self._measure in _SHARES else math.log1p(least)

    def contrasts(self, pairs: Iterable[tuple[str, str]] | None = None) -> list[Contrast]:
        """Pairs of arms that can be compared; each against the control if None."""
        control = self._experiment.control
        asked = [(arm, control) for arm in self.sides if arm != control] if pairs is None else list(pairs)
        found = []
        for arm, other in asked:
            bounds = self.bounds(arm, other)
            if bounds is None:
                continue
            told = bounds if self._measure in _SHARES else _relative(bounds)
            found.append(
                Contrast(
                    arm=arm,
                    other=other,
                    measure=self._measure,
                    difference=told.difference,
                    low=told.low,
                    high=told.high,
                )
            )
        return found

    def figures(self) -> list[ArmFigure]:
        """Where each arm stands."""
        return [self._figure(arm.name) for arm in self._experiment.arms]

    def _figure(self, arm: str) -> ArmFigure:
        side = self.sides[arm]
        if side is None:
            return ArmFigure(arm=arm, measure=self._measure, subjects=0, mean=None, low=None, high=None)
        counted = smoothed_share(side) if self._measure in _SHARES else side
        found = bounds_of_mean(
            Side(side.count, side.mean, counted.variance),
            alpha=self._experiment.alpha / 2,
            tightest_at=float(self._experiment.planned),
        )
        low, mean, high = (self._told(one) for one in (found.low, found.difference, found.high))
        return ArmFigure(arm=arm, measure=self._measure, subjects=side.count, mean=mean, low=low, high=high)

    def _told(self, figure: float) -> float:
        if self._measure in _SHARES:
            return min(1.0, max(0.0, figure))
        return math.exp(min(figure, 700.0) - (_PER_MS if self._measure == "latency" else 0.0))


def _relative(found: Bounds) -> Bounds:
    return Bounds(*(math.expm1(min(one, 700.0)) for one in (found.difference, found.low, found.high)))
