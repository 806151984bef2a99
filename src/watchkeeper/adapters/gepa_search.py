"""`gepa`, the reflective prompt optimiser, as a search for instructions; it is an extra of its own.

Source:
    https://github.com/gepa-ai/gepa, documented at https://gepa-ai.github.io/gepa/.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Literal

from watchkeeper.coaching.instruction_search import Candidate, Handed, SearchTask, Seen
from watchkeeper.domain.errors import SettingsError

_MISSING = "pip install 'watchkeeper[gepa]'"
Selection = Literal["pareto", "current_best", "epsilon_greedy", "top_k_pareto"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GepaSearch:
    """An `InstructionSearch`: one change a round, kept where a small batch improves, then scored on all.

    Its documentation asks for a validation set just large enough, for all else as training set, and for
    batches of three; its defaults stand where nothing is said. A proposal may change any part.
    """

    minibatch: int = 3
    validation_share: float = 0.25
    """The share of cases that candidates are compared by; of the rest it learns."""
    fewest_validated: int = 4
    selection: Selection = "pareto"
    name: str = "gepa"

    def search(self, task: SearchTask, *, evaluations: int, seed: int, handed: Handed) -> Candidate:
        """See `InstructionSearch.search`.

        Raises:
            SettingsError: `gepa` is not installed.
        """
        gepa = _package()
        learned_from, validated = self._split(task.cases)
        result = gepa.optimize(
            seed_candidate=dict(task.start),
            trainset=learned_from,
            valset=validated,
            adapter=_TaskAdapter(task),
            reflection_minibatch_size=min(self.minibatch, len(learned_from)),
            candidate_selection_strategy=self.selection,
            module_selector="all",
            max_metric_calls=evaluations,
            callbacks=[_Handing(handed)],
            logger=_Silent(),
            seed=seed,
            skip_perfect_score=True,
        )
        return dict(result.best_candidate)

    def _split(self, cases: int) -> tuple[list[int], list[int]]:
        """Cases to learn from and to compare by; of few cases all are both."""
        count = max(self.fewest_validated, round(self.validation_share * cases))
        if cases - count < self.minibatch:
            return list(range(cases)), list(range(cases))
        step = cases / count
        validated = sorted({int(step * number) for number in range(count)})
        return [case for case in range(cases) if case not in validated], validated


def gepa_search() -> GepaSearch:
    """The search, where its package is there.

    Raises:
        SettingsError: `gepa` is not installed.
    """
    _package()
    return GepaSearch()


def _package() -> Any:
    try:
        return import_module("gepa")
    except ImportError as missing:
        raise SettingsError(
            "the search `gepa` needs the package gepa, which is not installed", action=f"run {_MISSING}"
        ) from missing


class _TaskAdapter:
    """A task as gepa asks for it: scores of batches, and what they teach about parts."""

    def __init__(self, task: SearchTask) -> None:
        self._task = task
        self.propose_new_texts = self._proposed

    def evaluate(self, batch: list[int], candidate: dict[str, str], capture_traces: bool = False) -> Any:
        """Scores, higher is better, and as trajectories the outcomes."""
        from gepa.core.adapter import EvaluationBatch

        seen = [Seen(case, self._task.score(candidate, case)) for case in batch]
        scores = [one.outcome.score for one in seen]
        return EvaluationBatch(outputs=seen, scores=scores, trajectories=seen if capture_traces else None)

    def make_reflective_dataset(
        self, candidate: dict[str, str], eval_batch: Any, components_to_update: list[str]
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The outcomes, for each part the same: the proposer says which part is to change."""
        del candidate
        records = [
            {
                "Inputs": one.case,
                "Generated Outputs": one.outcome.score,
                "Feedback": one.outcome.blamed,
                "seen": one,
            }
            for one in eval_batch.trajectories or ()
        ]
        return dict.fromkeys(components_to_update, records)

    def _proposed(
        self,
        candidate: dict[str, str],
        reflective_dataset: Mapping[str, Sequence[Mapping[str, Any]]],
        components_to_update: list[str],
    ) -> dict[str, str]:
        records = reflective_dataset[components_to_update[0]]
        proposed = self._task.propose(candidate, [record["seen"] for record in records])
        return {part: (proposed or candidate)[part] for part in components_to_update}


class _Handing:
    """A callback: hands on what gepa would hand over."""

    def __init__(self, handed: Handed) -> None:
        self._handed = handed

    def on_valset_evaluated(self, event: Mapping[str, Any]) -> None:
        """A candidate was compared."""
        if event["is_best_program"]:
            self._handed(dict(event["candidate"]))


class _Silent:
    def log(self, message: str) -> None:
        """Say nothing."""
