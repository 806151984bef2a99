"""A component's call through the call path: a receipt for each query and component."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import cast

from watchkeeper.domain.call import ModelCall, Outcome
from watchkeeper.domain.errors import StorageFullError
from watchkeeper.domain.errors.components import ComponentFailedError
from watchkeeper.gateway.ports import BaselineEngine
from watchkeeper.sdk.now_open import ids_now
from watchkeeper.workloads.recommender.components import Asked
from watchkeeper.workloads.recommender.ranking.ranker import Ranking

WORKLOAD = "recommender"


@dataclass(slots=True)
class RankingTask:
    """What a ranking engine is given: the work, with a place for how it failed."""

    work: Callable[[], Ranking] = field(repr=False)
    failure: Exception | None = None


@dataclass(frozen=True, slots=True)
class RankingEngine:
    """A component as a baseline engine: it does without a model what a model's embedding might do."""

    name: str
    version: str

    def run(self, baseline_input: object, /) -> object:
        """Do the task's work."""
        assert isinstance(baseline_input, RankingTask)
        try:
            return baseline_input.work()
        except Exception as failure:  # kept as it was for whoever asked; the call path makes its own of it
            baseline_input.failure = failure
            raise


def ranking_engines() -> dict[str, BaselineEngine]:
    """The three engines, by the names of their components."""
    return {name: RankingEngine(name, "1") for name in ("graph", "entity", "embedding")}


class ReceiptedCalls:
    """Calls components through a call path."""

    def __init__(self, call: Callable[[ModelCall], Outcome]) -> None:
        self._call = call

    def __call__(self, asked: Asked, name: str, work: Callable[[], Ranking], /) -> Ranking:
        """See `Caller`.

        Raises:
            StorageFullError: The receipt could not be written: what is not written did not happen.
            Exception: What the work raised.
        """
        task = RankingTask(work)
        outcome = self._call(
            ModelCall(
                workload=WORKLOAD,
                target=name,
                agent=name,
                item_id=asked.query_id,
                run_id=asked.run_id,
                trace_id=asked.trace_id,
                parent_span_id=ids_now()[1],
                release=asked.weighting.release,
                subject=asked.weighting.subject,
                experiment=asked.weighting.experiment,
                arm=asked.weighting.arm,
                baseline_input=task,
            )
        )
        asked.receipts.extend(receipt.receipt_id for receipt in outcome.receipts)
        if isinstance(outcome.error, StorageFullError):
            raise outcome.error
        if task.failure is not None:
            raise task.failure
        if outcome.error is not None or outcome.reply is None:
            raise outcome.error or ComponentFailedError(f"component {name!r} gave no answer")
        return cast("Ranking", outcome.reply.parsed)  # whoever asked checks it
