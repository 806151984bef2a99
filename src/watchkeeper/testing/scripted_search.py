"""A search task with a known answer: a hidden best instruction set, a noisy scorer, a fallible proposer."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from watchkeeper.coaching.instruction_search import Candidate, Outcome, Seen


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptedRules:
    """What the task is like."""

    parts: int = 12
    words: int = 6
    """Of which one a part is right; the start has none right."""
    cases: int = 40
    parts_a_case: int = 4
    """Parts a case's score depends on, by weights of its own."""
    pairs: int = 4
    """Pairs of parts that act together: the second one's right word counts only beside the first one's."""
    clashes: int = 2
    """Parts whose right word costs the cases of another part, until that one is right as well."""
    noise: float = 0.15
    """Standard deviation of a score's noise."""
    blame: float = 0.7
    """The chance that an error points at a part that is wrong and not at any."""
    insight: float = 0.35
    """The chance that a proposal has the right word and not any."""


class ScriptedSearch:
    """A `SearchTask`; all of it follows from two seeds."""

    def __init__(self, *, seed: int, chance_seed: int, rules: ScriptedRules | None = None) -> None:
        """Hide an answer.

        Args:
            seed: Of the task: answer, cases, pairs.
            chance_seed: Of noise, blame and proposals as they come.
            rules: What the task is like.
        """
        self.rules = rules or ScriptedRules()
        self.evaluations = 0
        self.proposals = 0
        self._chance = random.Random(chance_seed)
        make = random.Random(seed)
        names = [f"part-{number:02}" for number in range(self.rules.parts)]
        self._right = {name: make.randrange(self.rules.words) for name in names}
        self._start = {name: _word(self._other(make, self._right[name])) for name in names}
        self._weights = [_weights(make, names, self.rules.parts_a_case) for _ in range(self.rules.cases)]
        shuffled = make.sample(names, len(names))
        cut = 2 * self.rules.pairs
        self._needs = dict(zip(shuffled[1:cut:2], shuffled[0:cut:2], strict=True))
        rest = shuffled[cut : cut + 2 * self.rules.clashes]
        self._costs = dict(zip(rest[1::2], rest[0::2], strict=True))

    @property
    def start(self) -> Candidate:
        """See `SearchTask.start`."""
        return self._start

    @property
    def cases(self) -> int:
        """See `SearchTask.cases`."""
        return self.rules.cases

    @cached_property
    def best(self) -> Candidate:
        """The hidden answer."""
        return {name: _word(right) for name, right in self._right.items()}

    def true_score(self, candidate: Candidate) -> float:
        """The mean over all cases without noise, 0 to 1; the best's is 1."""
        return sum(self._true(candidate, case) for case in range(self.cases)) / self.cases

    def score(self, candidate: Candidate, case: int) -> Outcome:
        """See `SearchTask.score`."""
        self.evaluations += 1
        noisy = self._true(candidate, case) + self._chance.gauss(0.0, self.rules.noise)
        return Outcome(min(1.0, max(0.0, noisy)), self._blamed(candidate, case))

    def propose(self, candidate: Candidate, seen: Sequence[Seen]) -> Candidate | None:
        """See `SearchTask.propose`: one part changed, of those blamed, the more by how much was lost."""
        self.proposals += 1
        votes: dict[str, float] = {}
        for one in seen:
            for part in one.outcome.blamed:
                votes[part] = votes.get(part, 0.0) + 1.0 - min(1.0, one.outcome.score) + 0.05
        names = list(candidate)
        part = (
            self._chance.choices(list(votes), list(votes.values()))[0]
            if votes
            else self._chance.choice(names)
        )
        right = self._right[part]
        knows = self._chance.random() < self.rules.insight
        word = right if knows else self._chance.randrange(self.rules.words)
        return {**candidate, part: _word(word)}

    def _true(self, candidate: Candidate, case: int) -> float:
        weights = self._weights[case]
        score = 0.0
        for part, weight in weights.items():
            needed = self._needs.get(part)
            if self._is_right(candidate, part) and (needed is None or self._is_right(candidate, needed)):
                score += weight
            cost = self._costs.get(part)
            if cost is not None and self._is_right(candidate, cost) and not self._is_right(candidate, part):
                score -= weight / 2
        return max(0.0, score)

    def _blamed(self, candidate: Candidate, case: int) -> tuple[str, ...]:
        wrong = [part for part in self._weights[case] if not self._is_right(candidate, part)]
        if not wrong:
            return ()
        any_of = wrong if self._chance.random() < self.rules.blame else list(candidate)
        return (self._chance.choice(any_of),)

    def _is_right(self, candidate: Candidate, part: str) -> bool:
        return candidate[part] == _word(self._right[part])

    def _other(self, chance: random.Random, right: int) -> int:
        return (right + 1 + chance.randrange(self.rules.words - 1)) % self.rules.words


def _weights(chance: random.Random, names: Sequence[str], count: int) -> Mapping[str, float]:
    raw = {name: chance.uniform(0.5, 1.5) for name in chance.sample(names, count)}
    total = sum(raw.values())
    return {name: weight / total for name, weight in raw.items()}


def _word(number: int) -> str:
    return f"word-{number}"
