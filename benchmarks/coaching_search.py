"""How many evaluations a search for instructions needs: ours, gepa and random search on one scripted task.

Run: python -m benchmarks.coaching_search [--seeds 24] [--first-seed 5000] [--budget 4000] [--json]

A seed hides a best instruction set of twelve parts, some of which act together, and forty cases that depend
on four parts each; every search gets the same task, start, proposer, scorer and noise. What is counted is
calls of the scorer until the candidate that a search would hand over is truly worth 95 % of the best.
gepa runs as its documentation says (batches of three, a Pareto front, a validation set just large enough
apart from the training set) and in variants that might do better; random search likewise. The best of each
counts. Rules of ours were set on other seeds (1000 to 1029) than these.
"""

import argparse
import json
import random
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from benchmarks.circumstances import circumstances
from watchkeeper.adapters.gepa_search import GepaSearch
from watchkeeper.coaching.instruction_search import Candidate, Handed, InstructionSearch, SearchTask, Seen
from watchkeeper.coaching.racing import RacingSearch
from watchkeeper.testing.scripted_search import ScriptedRules, ScriptedSearch

GOOD = 0.95
DRAWS = 2000
TASKS = {
    "as described": ScriptedRules(),
    "twice the noise": ScriptedRules(noise=0.3),
    "a third of the noise": ScriptedRules(noise=0.05),
}


@dataclass(frozen=True)
class RandomSearch:
    """Scores every proposal on some cases and hands over the best mean so far."""

    cases: int
    from_best: bool
    """Whether proposals are made from the best so far, or from any candidate tried before."""

    @property
    def name(self) -> str:
        return f"random, {self.cases} cases, from {'the best' if self.from_best else 'any'}"

    def search(self, task: SearchTask, *, evaluations: int, seed: int, handed: Handed) -> Candidate:
        chance, left, candidate = random.Random(seed), evaluations, task.start
        cases = chance.sample(range(task.cases), self.cases)
        tried: list[tuple[float, Candidate, list[Seen]]] = []
        best: tuple[float, Candidate, list[Seen]] | None = None
        while left > 0 or best is None:
            seen = [Seen(case, task.score(candidate, case)) for case in cases]
            left -= len(seen)
            tried.append((statistics.fmean(one.outcome.score for one in seen), candidate, seen))
            if best is None or tried[-1][0] > best[0]:
                best = tried[-1]
                handed(candidate)
            parent = best if self.from_best else chance.choice(tried)
            candidate = task.propose(parent[1], parent[2]) or parent[1]
        return best[1]


@dataclass(frozen=True)
class Run:
    """One search on one task."""

    first: int | None
    """Evaluations when what it would hand over was good for the first time; None: never in the budget."""
    for_good: int | None
    """Evaluations from which on it always was."""
    proposals: int | None
    """Proposals asked for until the first time."""


def one_run(search: InstructionSearch, seed: int, *, budget: int, rules: ScriptedRules) -> Run:
    task = ScriptedSearch(seed=seed, chance_seed=seed + 10_000, rules=rules)
    handed: list[tuple[int, int, bool]] = []

    def hand(candidate: Candidate) -> None:
        handed.append((task.evaluations, task.proposals, task.true_score(candidate) >= GOOD))

    search.search(task, evaluations=budget, seed=seed, handed=hand)
    first = next((one for one in handed if one[2]), None)
    for_good = None
    for evaluations, _, good in reversed(handed):
        if not good:
            break
        for_good = evaluations
    return Run(first and first[0], for_good, first and first[1])


@dataclass(frozen=True)
class Figures:
    """One search over all seeds; evaluations, null where half the runs never got there."""

    search: str
    median: float | None
    low: float | None
    """95 % interval of the median, by bootstrap over seeds."""
    high: float | None
    median_for_good: float | None
    never: int
    median_proposals: float | None


def figures(name: str, runs: Sequence[Run]) -> Figures:
    firsts = [_or_never(one.first) for one in runs]
    chance = random.Random(0)
    medians = sorted(statistics.median(chance.choices(firsts, k=len(firsts))) for _ in range(DRAWS))
    return Figures(
        search=name,
        median=_known(statistics.median(firsts)),
        low=_known(medians[int(0.025 * DRAWS)]),
        high=_known(medians[int(0.975 * DRAWS)]),
        median_for_good=_known(statistics.median(_or_never(one.for_good) for one in runs)),
        never=sum(one.first is None for one in runs),
        median_proposals=_known(statistics.median(_or_never(one.proposals) for one in runs)),
    )


def _or_never(count: int | None) -> float:
    return float("inf") if count is None else float(count)


def _known(value: float) -> float | None:
    return None if value == float("inf") else value


SEARCHES: tuple[tuple[str, InstructionSearch], ...] = (
    ("ours", RacingSearch()),
    ("gepa, as documented", GepaSearch()),
    ("gepa, from its best", GepaSearch(selection="current_best")),
    ("gepa, batches of 5, from its best", GepaSearch(minibatch=5, selection="current_best")),
    ("gepa, all cases as both sets", GepaSearch(validation_share=1.0)),
    *((one.name, one) for one in (RandomSearch(40, True), RandomSearch(10, True), RandomSearch(10, False))),
)


def measured(rules: ScriptedRules, seeds: Sequence[int], budget: int) -> list[Figures]:
    found = []
    for name, search in SEARCHES:
        runs = [one_run(search, seed, budget=budget, rules=rules) for seed in seeds]
        found.append(figures(name, runs))
    return found


def best_of(rows: Sequence[Figures], kind: str) -> float:
    return min(_or_never(row.median and int(row.median)) for row in rows if row.search.startswith(kind))


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--seeds", type=int, default=24)
    options.add_argument("--first-seed", type=int, default=5000)
    options.add_argument("--budget", type=int, default=4000)
    options.add_argument("--json", action="store_true")
    asked = options.parse_args()
    began, reached, told = time.process_time(), True, {}
    for task, rules in TASKS.items():
        rows = measured(rules, range(asked.first_seed, asked.first_seed + asked.seeds), asked.budget)
        ours, gepa, chance = (best_of(rows, kind) for kind in ("ours", "gepa", "random"))
        reached = reached and ours <= gepa and ours <= chance / 2
        told[task] = [asdict(row) for row in rows]
        if not asked.json:
            print_table(task, rules, rows)
            print(f"ours / best gepa {ours / gepa:.2f}, ours / best random search {ours / chance:.2f}\n")
    if asked.json:
        print(json.dumps({"on": circumstances(), "tasks": told, "reached": reached}, indent=2))
    else:
        spent = time.process_time() - began
        print(
            f"{circumstances()}; {asked.seeds} seeds, budget {asked.budget}, {spent:.0f} s of processor time"
        )
        print("reached: no more than gepa and half of random search" if reached else "NOT reached")
    return 0 if reached else 1


def print_table(task: str, rules: ScriptedRules, rows: Sequence[Figures]) -> None:
    print(f"{task} (noise {rules.noise}): evaluations until 95 % of the best")
    print(f"{'':34}{'median':>8}{'95 % interval':>17}{'for good':>10}{'never':>7}{'proposals':>11}")
    for row in rows:
        interval = f"{_told(row.low)} to {_told(row.high)}"
        print(
            f"{row.search:34}{_told(row.median):>8}{interval:>17}{_told(row.median_for_good):>10}"
            f"{row.never:>7}{_told(row.median_proposals):>11}"
        )


def _told(value: float | None) -> str:
    return "never" if value is None else f"{value:.0f}"


if __name__ == "__main__":
    sys.exit(main())
