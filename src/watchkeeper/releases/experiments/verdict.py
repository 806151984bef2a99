"""Which arm is best, if that can be said yet: bounds that hold at every look, over all arms together.

Each two arms are compared by a difference with its two bounds; each bound may be missed with a chance of
`alpha` over the number of all such bounds (Bonferroni), so that all of them together hold with a
probability of `1 - alpha`, however often one looks. An arm that is better than every other by its bounds
has won. What is compared are subjects: calls of one are alike, and not so many witnesses.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Literal

from watchkeeper.releases.experiments.comparison import ArmFigure, Comparison, Contrast
from watchkeeper.releases.experiments.experiment import Experiment
from watchkeeper.releases.experiments.ports import ArmRecord
from watchkeeper.releases.gate import MEASURES
from watchkeeper.statistics.always_valid import growth_until

Decision = Literal["no data", "too few", "open", "winner", "no difference"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmCount:
    """How many took part."""

    arm: str
    subjects: int
    calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentVerdict:
    """What a look at an experiment came to."""

    decision: Decision
    told: str
    winner: str | None
    needed: int | None
    """Subjects more, of all arms together, until it is decided if things stay as they are; None: unknown."""
    counts: tuple[ArmCount, ...]
    figures: tuple[ArmFigure, ...]
    contrasts: tuple[Contrast, ...]
    """Every arm against the control, by every measure both have; by what decides, every two arms."""
    harmed: tuple[str, ...]
    """Arms that are shown to fail oftener than the control."""


def look_at(experiment: Experiment, records: Mapping[str, ArmRecord]) -> ExperimentVerdict:
    """Look at an experiment; may be called after every call.

    Args:
        experiment: What it compares, and how sure it has to be.
        records: Of every arm.
    """
    deciding = Comparison(experiment, records, experiment.metric)
    decision, winner, needed, told = _decide(experiment, deciding)
    others = [Comparison(experiment, records, one) for one in MEASURES if one != experiment.metric]
    every_two = [(arm, other) for arm, other in permutations(sorted(records), 2)]
    contrasts = [
        *deciding.contrasts(every_two if len(records) > 2 else None),
        *(contrast for one in others for contrast in one.contrasts()),
    ]
    return ExperimentVerdict(
        decision=decision,
        told=told,
        winner=winner,
        needed=needed,
        counts=tuple(
            ArmCount(arm=arm.name, subjects=records[arm.name].subjects, calls=records[arm.name].calls)
            for arm in experiment.arms
        ),
        figures=tuple(figure for one in (deciding, *others) for figure in one.figures()),
        contrasts=tuple(contrasts),
        harmed=tuple(
            one.arm
            for one in contrasts
            if one.measure == "errors" and one.other == experiment.control and one.low > 0
            if min(records[one.arm].subjects, records[one.other].subjects) >= experiment.enough
        ),
    )


def _decide(experiment: Experiment, compared: Comparison) -> tuple[Decision, str | None, int | None, str]:
    """The decision, the winner, how many subjects more it needs, and all that in a sentence."""
    metric = experiment.metric
    without = [arm for arm in compared.sides if compared.sides[arm] is None]
    if without:
        return "no data", None, None, f"no data yet: nobody knows the {metric} of {', '.join(without)}"
    fewest = min(compared.sides, key=compared.taken)
    lacking = experiment.enough - compared.taken(fewest)
    total = sum(compared.taken(arm) for arm in compared.sides)
    if lacking > 0:
        needed = math.ceil(total * lacking / max(1, compared.taken(fewest)))
        told = (
            f"no winner yet: {fewest} has {compared.taken(fewest)} of the {experiment.enough} subjects"
            f" before anything is told; about {needed} more needed"
        )
        return "too few", None, needed, told
    best = compared.best()
    rivals = [arm for arm in compared.sides if arm != best]
    found = {arm: compared.bounds(best, arm) for arm in rivals}
    if all(one is not None and compared.is_better(one) for one in found.values()):
        return "winner", best, None, f"{best} wins: better than {', '.join(rivals)} in {metric}"
    least = compared.least()
    if least is not None and _all_within(compared, least):
        told = f"no difference that matters: in {metric} no two arms are {experiment.least:g} apart"
        return "no difference", None, None, told
    grown = _growth(compared, best, rivals, least)
    if grown is None:
        told = f"no winner yet, and none in sight: in {metric} the arms hardly differ so far"
        return "open", None, None, told
    needed = max(1, math.ceil(total * (grown - 1)))
    told = f"no winner yet: about {needed} more subjects needed if {best} stays ahead so"
    return "open", None, needed, told


def _all_within(compared: Comparison, least: float, *, grown: float = 1.0) -> bool:
    """Whether every two arms are shown to be less than so far apart."""
    pairs = permutations(compared.sides, 2)
    found = [compared.bounds(arm, other, grown=grown) for arm, other in pairs]
    return all(one is not None and -least < one.low and one.high < least for one in found)


def _growth(compared: Comparison, best: str, rivals: Sequence[str], least: float | None) -> float | None:
    """How many times the subjects would decide it, if every mean stays as it is; None: beyond telling."""

    def decided(grown: float) -> bool:
        found = [compared.bounds(best, rival, grown=grown) for rival in rivals]
        if all(one is not None and compared.is_better(one) for one in found):
            return True
        return least is not None and _all_within(compared, least, grown=grown)

    return growth_until(decided)
