"""What the kept evaluation runs say: each summed up, its items the worst first, two compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from watchkeeper.domain.errors import NotFoundError
from watchkeeper.evaluation.eval_comparison import ScorerComparison, compare_runs
from watchkeeper.evaluation.eval_line import EvalLine
from watchkeeper.evaluation.eval_summary import EvalSummary, summarise_run
from watchkeeper.evaluation.judge_record import confusions
from watchkeeper.evaluation.kept_run import ItemStanding, KeptRun, Outcome, scorer_of, standings
from watchkeeper.evaluation.ports import EvaluationStore
from watchkeeper.statistics.judged_share import Confusion

_MEASUREMENTS = 1_000
"""Of a suite's judges, the last: far more than anybody measures."""
_SUMMARIES = 500
"""Kept, at some 1 KB each: a list that is shown again adds nothing up again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTold:
    """A kept run, and what it came to."""

    run_id: str
    workload: str
    dataset_sha256: str
    repeats: int
    items: int | None
    started_at: str
    kept_at: datetime
    kept_by: str
    broke_off: bool
    """Whether answers are missing."""
    summary: EvalSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemTold:
    """An item of a run, and every answer to it."""

    standing: ItemStanding
    answers: tuple[EvalLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsTold:
    """Items of a run by one scorer, the worst first."""

    scorer: str
    total: int
    """Items there are with what was asked for."""
    items: tuple[ItemTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemCompared:
    """What two runs answered to one item."""

    item: str
    before: tuple[EvalLine, ...]
    after: tuple[EvalLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsCompared:
    """Two runs over the same items."""

    before: RunTold
    after: RunTold
    scorers: tuple[ScorerComparison, ...]
    changed: tuple[ItemCompared, ...]
    """The items that scorers name as moved, with their answers."""


class EvaluationDesk:
    """Answers what is asked of kept runs. Thread-safe."""

    def __init__(self, store: EvaluationStore) -> None:
        self.store = store
        self._summaries: dict[object, EvalSummary] = {}
        self._lock = Lock()

    def run(self, run_id: str) -> KeptRun:
        """One run.

        Raises:
            NotFoundError: There is no such run.
        """
        found = self.store.run(run_id)
        if found is None:
            raise NotFoundError(
                f"there is no evaluation run {run_id[:80]!r}", action="list them with `wk eval list`"
            )
        return found

    def told(self, run: KeptRun) -> RunTold:
        """What a run came to, its scores corrected by what was last measured of its judges."""
        records = self.store.judges(workload=run.head.workload, suite=run.head.name, limit=_MEASUREMENTS)
        summary = self._summary(run, confusions(records, run.head))
        return RunTold(
            run_id=run.run_id,
            workload=run.head.workload,
            dataset_sha256=run.head.dataset_sha256,
            repeats=run.head.repeats,
            items=run.head.items,
            started_at=run.head.started_at,
            kept_at=run.kept_at,
            kept_by=run.kept_by,
            broke_off=summary.broke_off,
            summary=summary,
        )

    def items(self, run_id: str, *, scorer: str | None, outcome: Outcome, skip: int, limit: int) -> ItemsTold:
        """A page of a run's items by one scorer, the worst first.

        Raises:
            NotFoundError: There is no such run.
            InvalidInputError: Or no such scorer.
        """
        run = self.run(run_id)
        meant = scorer_of(run.head, scorer)
        found = standings(self.store.figures(run_id), meant, outcome=outcome)
        shown = found[skip : skip + limit]
        answers = _by_item(self.store.lines(run_id, items=[one.item for one in shown]))
        return ItemsTold(
            scorer=meant,
            total=len(found),
            items=tuple(ItemTold(standing=one, answers=tuple(answers[one.item])) for one in shown),
        )

    def compared(self, before: str, after: str) -> RunsCompared:
        """Two runs item by item.

        Raises:
            NotFoundError: One is not kept.
            InvalidInputError: They cannot be compared.
        """
        old, new = self.run(before), self.run(after)
        found = compare_runs((old.head, self.store.figures(before)), (new.head, self.store.figures(after)))
        moved = list(dict.fromkeys(one.item for scorer in found for one in scorer.moved))
        was, now = (_by_item(self.store.lines(run_id, items=moved)) for run_id in (before, after))
        return RunsCompared(
            before=self.told(old),
            after=self.told(new),
            scorers=found,
            changed=tuple(
                ItemCompared(item=one, before=tuple(was[one]), after=tuple(now[one])) for one in moved
            ),
        )

    def _summary(self, run: KeptRun, judges: Mapping[str, Confusion]) -> EvalSummary:
        key = (run.run_id, run.answers, tuple(sorted(judges.items(), key=lambda one: one[0])))
        with self._lock:
            known = self._summaries.get(key)
        if known is not None:
            return known
        made = summarise_run(run.head, self.store.figures(run.run_id), judges=judges)
        with self._lock:
            self._summaries[key] = made
            while len(self._summaries) > _SUMMARIES:
                del self._summaries[next(iter(self._summaries))]
        return made


def _by_item(lines: Sequence[EvalLine]) -> dict[str, list[EvalLine]]:
    found: dict[str, list[EvalLine]] = {}
    for one in lines:
        found.setdefault(one.item, []).append(one)
    return found
