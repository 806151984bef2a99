"""What an evaluation run came to: means with intervals, what could not be checked, and how steady it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import fmean, median, pvariance

from watchkeeper.evaluation.eval_line import EvalHead, EvalLine
from watchkeeper.statistics.bounded_mean import Interval, mean_interval
from watchkeeper.statistics.judged_share import Confusion, CorrectedShare, corrected_share


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorerSummary:
    """One scorer over a run."""

    scorer: str
    version: str
    items: int
    """With at least one score."""
    score: Interval | None
    """Mean over items of each item's mean over repeats, with a 95 % interval over items; None: no data."""
    not_checked: int
    """Answers that could not be checked: neither right nor wrong."""
    repeat_spread: float | None
    """Standard deviation of an item's score between repeats, averaged over items; None without repeats."""
    corrected: CorrectedShare | None = None
    """The share of right answers behind a judge's verdicts; None where its errors are not known, or where it
    does no better than chance."""
    judge_measured: bool = False
    """Whether its errors are known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalSummary:
    """A run."""

    name: str
    dataset: str
    target: str | None
    answers: int
    expected_answers: int | None
    """Items times repeats; None where the file does not tell how many items there are."""
    failed: int
    """Answers that never came."""
    median_seconds: float | None
    cost_usd: str | None
    """Of all answers; None where the cost of one is not known."""
    scorers: tuple[ScorerSummary, ...]

    @property
    def broke_off(self) -> bool:
        """Whether answers are still missing."""
        return self.expected_answers is not None and self.answers < self.expected_answers


def summarise_run(
    head: EvalHead, lines: Sequence[EvalLine], *, judges: Mapping[str, Confusion] | None = None
) -> EvalSummary:
    """What a run came to.

    Args:
        head: What was run.
        lines: Its answers.
        judges: How judges do on answers whose truth is known, by scorer.
    """
    seconds = [one.seconds for one in lines if one.seconds is not None]
    costs = [one.cost_usd for one in lines]
    return EvalSummary(
        name=head.name,
        dataset=head.dataset,
        target=head.target,
        answers=len(lines),
        expected_answers=None if head.items is None else head.items * head.repeats,
        failed=sum(one.error is not None for one in lines),
        median_seconds=median(seconds) if seconds else None,
        cost_usd=None if not costs or None in costs else str(sum(Decimal(one or 0) for one in costs)),
        scorers=tuple(
            _scorer(name, version, lines, (judges or {}).get(name)) for name, version in head.scorers.items()
        ),
    )


def item_scores(lines: Sequence[EvalLine], scorer: str) -> dict[str, list[float]]:
    """The scores of every item that has one, by item."""
    found: dict[str, list[float]] = {}
    for one in lines:
        score = one.scores.get(scorer)
        if score is not None and score.value is not None:
            found.setdefault(one.item, []).append(score.value)
    return found


def _scorer(name: str, version: str, lines: Sequence[EvalLine], judge: Confusion | None) -> ScorerSummary:
    by_item = item_scores(lines, name)
    spreads = [pvariance(scores) ** 0.5 for scores in by_item.values() if len(scores) > 1]
    values = [value for scores in by_item.values() for value in scores]
    return ScorerSummary(
        scorer=name,
        version=version,
        items=len(by_item),
        score=mean_interval([fmean(scores) for scores in by_item.values()]),
        not_checked=len(lines) - len(values),
        repeat_spread=fmean(spreads) if spreads else None,
        judge_measured=judge is not None,
        corrected=None
        if judge is None
        # Repeats of one item are one item: they make nobody surer than as many items would.
        else corrected_share(sum(map(_passed, by_item.values())), len(by_item), judge),
    )


def _passed(scores: Sequence[float]) -> float:
    """The share of an item's repeats that passed."""
    return fmean(value >= _PASSES for value in scores)


_PASSES = 0.5
