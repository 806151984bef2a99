"""Two evaluation runs item by item: how far apart they are, and how likely that is by chance."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Literal

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.eval_line import EvalHead, EvalLine
from watchkeeper.evaluation.eval_summary import item_scores
from watchkeeper.statistics.bounded_mean import Interval, mean_interval
from watchkeeper.statistics.resampling import paired_p_value

SIGNIFICANT = 0.05
Verdict = Literal["better", "worse", "no difference shown", "no data"]
_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """An item whose score differs."""

    item: str
    before: float
    after: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerComparison:
    """One scorer, the second run less the first."""

    scorer: str
    pairs: int
    """Items both runs have a score of."""
    unpaired: int
    """Items only one of them has; they count for neither: who fails where it is hard looks better."""
    before: float | None
    after: float | None
    difference: Interval | None
    p_value: float | None
    """Two-sided, of signs by chance; not corrected for the number of scorers."""
    verdict: Verdict
    moved: tuple[Moved, ...]
    """Items furthest apart, at most 20."""


def compare_runs(
    before: tuple[EvalHead, Sequence[EvalLine]], after: tuple[EvalHead, Sequence[EvalLine]]
) -> tuple[ScorerComparison, ...]:
    """Compare two runs over the same dataset by the scorers they share.

    Raises:
        InvalidInputError: They ran over other items, or no scorer of one version judged both.
    """
    old, new = before[0], after[0]
    if old.dataset_sha256 != new.dataset_sha256:
        raise InvalidInputError(
            f"{old.name} ran over {old.dataset} and {new.name} over {new.dataset}, which is another dataset",
            action="compare runs over the same items",
        )
    shared = [name for name, version in old.scorers.items() if new.scorers.get(name) == version]
    if not shared:
        raise InvalidInputError(
            "the runs share no scorer of one version", action="score both with the same suite"
        )
    return tuple(_compared(name, before[1], after[1]) for name in shared)


def _compared(scorer: str, before: Sequence[EvalLine], after: Sequence[EvalLine]) -> ScorerComparison:
    old, new = item_scores(before, scorer), item_scores(after, scorer)
    pairs = {item: (fmean(old[item]), fmean(new[item])) for item in old if item in new}
    differences = [late - early for early, late in pairs.values()]
    interval, p_value = mean_interval(differences, lowest=-1.0, highest=1.0), paired_p_value(differences)
    moved = [Moved(item, early, late) for item, (early, late) in pairs.items() if early != late]
    moved.sort(key=lambda one: abs(one.after - one.before), reverse=True)
    return ScorerComparison(
        scorer=scorer,
        pairs=len(pairs),
        unpaired=len(old.keys() ^ new.keys()),
        before=fmean(early for early, _ in pairs.values()) if pairs else None,
        after=fmean(late for _, late in pairs.values()) if pairs else None,
        difference=interval,
        p_value=p_value,
        verdict=_verdict(interval, p_value),
        moved=tuple(moved[:_SHOWN]),
    )


def _verdict(difference: Interval | None, p_value: float | None) -> Verdict:
    if difference is None or p_value is None:
        return "no data"
    if p_value >= SIGNIFICANT:
        return "no difference shown"
    return "better" if difference.mean > 0 else "worse"
