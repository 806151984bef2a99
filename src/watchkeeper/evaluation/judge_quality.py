"""How good a judge is: measured on golden answers, between repeats, and against its twin."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.evaluation.dataset import Dataset
from watchkeeper.evaluation.eval_line import EvalLine
from watchkeeper.evaluation.eval_summary import item_scores
from watchkeeper.statistics.bounded_mean import Interval, share_interval
from watchkeeper.statistics.judged_share import Confusion

RIGHT_TAG = "right"
"""The tag that says whether a golden item's output is right: `yes` or `no`."""
MOST_ERRED = 50
"""Golden answers that are named of those a judge judged wrongly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeQuality:
    """One judge, as measured."""

    judge: str
    version: str
    confusion: Confusion
    """By the majority of its repeats; ties are failures."""
    sensitivity: float | None
    """The share of right answers it passes."""
    sensitivity_interval: Interval | None
    specificity: float | None
    """The share of wrong answers it fails."""
    specificity_interval: Interval | None
    undecided: int
    """Golden answers of which it gave no verdict."""
    unsteady: float | None
    """The share of answers whose repeats do not all agree; None without repeats."""
    disagrees: Mapping[str, float]
    """By another judge's name, the share of answers on which they differ."""
    erred: tuple[str, ...] = ()
    """Golden answers it judged wrongly, by item: wrong ones it passed first; at most 50."""

    @classmethod
    def of(cls, confusion: Confusion, **said: Any) -> Self:
        """A judge as its verdicts show it; all else, such as its name and version, is said."""
        right = confusion.right_passed, confusion.right_passed + confusion.right_failed
        wrong = confusion.wrong_failed, confusion.wrong_failed + confusion.wrong_passed
        return cls(
            confusion=confusion,
            sensitivity=confusion.sensitivity,
            sensitivity_interval=share_interval(*right),
            specificity=confusion.specificity,
            specificity_interval=share_interval(*wrong),
            **said,
        )


def judge_quality(
    golden: Dataset, lines: Sequence[EvalLine], versions: Mapping[str, str]
) -> tuple[JudgeQuality, ...]:
    """How every scorer of a run over golden answers does.

    Args:
        golden: Items with an output and the tag `right`.
        lines: A run over them.
        versions: Of each scorer.

    Raises:
        InvalidInputError: An item does not say whether its output is right.
    """
    truth = {item.item_id: _truth(item.item_id, item.tags) for item in golden.items}
    verdicts = {name: _verdicts(lines, name) for name in versions}
    return tuple(
        _quality(name, version, truth=truth, verdicts=verdicts, lines=lines)
        for name, version in versions.items()
    )


def _truth(item: str, tags: Mapping[str, str]) -> bool:
    said = tags.get(RIGHT_TAG, "").casefold()
    if said not in {"yes", "no", "true", "false"}:
        raise InvalidInputError(
            f"golden item {item!r} does not say whether its output is right",
            action='give it `"tags": {"right": "yes"}` or `"no"`',
        )
    return said in {"yes", "true"}


def _verdicts(lines: Sequence[EvalLine], scorer: str) -> dict[str, bool]:
    return {item: sum(scores) > len(scores) / 2 for item, scores in item_scores(lines, scorer).items()}


def _quality(
    name: str,
    version: str,
    *,
    truth: Mapping[str, bool],
    verdicts: Mapping[str, Mapping[str, bool]],
    lines: Sequence[EvalLine],
) -> JudgeQuality:
    own = verdicts[name]
    counted = [(truth[item], passed) for item, passed in own.items() if item in truth]
    # In the order of the golden answers: that in which verdicts came is chance.
    wrongly = [item for item, right in truth.items() if not right and own.get(item, False)]
    wrongly += [item for item, right in truth.items() if right and not own.get(item, True)]
    confusion = Confusion(
        right_passed=counted.count((True, True)),
        right_failed=counted.count((True, False)),
        wrong_passed=counted.count((False, True)),
        wrong_failed=counted.count((False, False)),
    )
    repeated = [scores for scores in item_scores(lines, name).values() if len(scores) > 1]
    return JudgeQuality.of(
        confusion,
        judge=name,
        version=version,
        undecided=len(truth) - len(counted),
        unsteady=sum(len(set(scores)) > 1 for scores in repeated) / len(repeated) if repeated else None,
        disagrees={
            other: share
            for other in verdicts
            if other != name
            if (share := _apart(own, verdicts[other])) is not None
        },
        erred=tuple(wrongly[:MOST_ERRED]),
    )


def _apart(one: Mapping[str, bool], other: Mapping[str, bool]) -> float | None:
    both = [item for item in one if item in other]
    return sum(one[item] != other[item] for item in both) / len(both) if both else None
