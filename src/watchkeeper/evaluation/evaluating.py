"""An evaluation run: every item answered and scored, several at once, each answer once."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from watchkeeper.evaluation.dataset import Dataset, DatasetItem
from watchkeeper.evaluation.eval_line import EvalLine, LineScore
from watchkeeper.evaluation.scorers.scorer import ScoreGiven, Scorer

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What was answered to an item."""

    output: object | None
    error: str | None = None
    seconds: float | None = None
    cost_usd: str | None = None
    receipts: tuple[str, ...] = ()


class Answerer(Protocol):
    """Whoever is evaluated; asked by several threads at once."""

    def __call__(self, item: DatasetItem, repeat: int) -> Answered:
        """Answer; a failure is an answer with an error."""
        ...


def given_answers(item: DatasetItem, repeat: int) -> Answered:  # noqa: ARG001 - an `Answerer`
    """The answers the dataset itself holds."""
    if item.output is None:
        return Answered(output=None, error="the item holds no output")
    return Answered(output=item.output)


def evaluate(
    dataset: Dataset,
    answer: Answerer,
    scorers: Sequence[Scorer],
    *,
    repeats: int,
    done: Iterable[tuple[str, int]] = (),
    at_once: int = 4,
) -> Iterator[EvalLine]:
    """Answer and score what is not done yet; lines come as they are finished.

    Args:
        dataset: The items.
        answer: Who answers.
        scorers: Who judges.
        repeats: How often each item is answered.
        done: Items and repeats that have their line.
        at_once: How many are under way at once.
    """
    have = frozenset(done)
    tasks = (
        (item, repeat)
        for repeat in range(1, repeats + 1)
        for item in dataset.items
        if (item.item_id, repeat) not in have
    )
    with ThreadPoolExecutor(at_once, thread_name_prefix="evaluate") as pool:

        def begin(count: int) -> set["Future[EvalLine]"]:
            return {pool.submit(_one, item, repeat, answer, scorers) for item, repeat in islice(tasks, count)}

        running = begin(at_once)
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            # Begun before the caller writes: nobody waits for its disk. No more than these are ever ahead.
            running |= begin(len(finished))
            for one in finished:
                yield one.result()


def _one(item: DatasetItem, repeat: int, answer: Answerer, scorers: Sequence[Scorer]) -> EvalLine:
    said = answer(item, repeat)
    scores: dict[str, LineScore] = {}
    for scorer in scorers:
        given = _checked(scorer, item, said)
        scores[scorer.name] = LineScore(value=given.value, reason=given.reason)
    return EvalLine(
        item=item.item_id,
        repeat=repeat,
        output=said.output,
        error=said.error,
        seconds=said.seconds,
        cost_usd=said.cost_usd,
        receipts=said.receipts,
        scores=scores,
    )


def _checked(scorer: Scorer, item: DatasetItem, said: Answered) -> ScoreGiven:
    if said.error is not None:
        return ScoreGiven(None, f"there is no answer: {said.error}")
    try:
        return _within_bounds(scorer.score(item, said.output))
    except Exception as defect:
        # A scorer's mistake on one answer is told with it; the others are scored all the same.
        log.exception("scorer %s failed on item %s", scorer.name, item.item_id)
        return ScoreGiven(None, f"the scorer failed: {type(defect).__name__}: {defect}"[:300])


def _within_bounds(given: ScoreGiven) -> ScoreGiven:
    """A score as it may count: what rounding put beyond a bound is put back, anything else is no score."""
    if given.value is None or 0.0 <= given.value <= 1.0:
        return given
    kept = min(1.0, max(0.0, given.value))
    if abs(kept - given.value) <= _ROUNDING:
        return ScoreGiven(kept, given.reason)
    return ScoreGiven(None, f"the scorer failed: it gave {given.value}, and a score is from 0 to 1")


_ROUNDING = 1e-9
