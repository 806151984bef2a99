"""Our search: one change at a time, each tried on as few cases as tell whether it helps."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from watchkeeper.coaching.incumbent import Incumbent
from watchkeeper.coaching.instruction_search import Candidate, Handed, Outcome, SearchTask
from watchkeeper.statistics.effect_belief import EffectBelief, EffectHistory
from watchkeeper.statistics.pooled_noise import PooledNoise

MOST_IDLE = 200
"""Proposals in a row that cost no evaluation, after which there is nothing left to search."""
Edit = tuple[tuple[str, str, str], ...]
"""What differs: part, text before, text after."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RacingRules:
    """When a change is taken up and when it is dropped; set on other tasks than those measured on."""

    take_from: float = 0.7
    """The chance of a gain from which a change is taken up."""
    drop_below: float = 0.75
    """The chance of a gain below which it is dropped, as a share of what it was before anything was seen."""
    fewest_cases: int = 1
    """Cases before a change is taken up."""
    most_cases: int = 6
    """Cases after which a change that is neither is dropped."""
    look_first: int = 4
    """Cases the first instructions are seen on before anything is proposed."""
    look_twice: int = 2
    """Of these cases, so many are scored twice, to know how large noise is."""
    look_again: int = 2
    """Cases the best instructions are seen on anew after a proposal that led nowhere."""
    kept_when_taken: float = 0.3
    """The share of what is known of a change that still holds after another was taken up."""
    kept_when_proposed: float = 0.7
    """The share that still holds when the same change is proposed again."""


@dataclass(slots=True)
class _Race:
    """A search under way."""

    task: SearchTask
    left: int
    rules: RacingRules
    chance: random.Random
    best: Incumbent
    history: EffectHistory = field(
        default_factory=lambda: EffectHistory.of_nothing(none=0.45, better=0.3, worth=4)
    )
    noise: PooledNoise = field(default_factory=PooledNoise)
    known: dict[Edit, EffectBelief] = field(default_factory=dict)
    """What is believed of changes that were tried and not taken up."""

    def score(self, candidate: Candidate, case: int) -> Outcome:
        self.left -= 1
        return self.task.score(candidate, case)

    def look(self, count: int) -> None:
        """See the best instructions on cases least is known of."""
        cases = list(range(self.task.cases))
        self.chance.shuffle(cases)
        cases.sort(key=lambda case: -self.best.level(case).variance)
        self.see(cases[:count])

    def see(self, cases: Sequence[int]) -> None:
        """Score the best instructions; those scored on a case before tell how large noise is."""
        for case in cases[: self.left]:
            outcome = self.score(self.best.candidate, case)
            if case in self.best.own:
                self.noise.add_repeat(outcome.score - self.best.outcomes[case].score)
            self.best.saw(case, outcome, noise=self.noise.variance)

    def try_out(self, candidate: Candidate) -> bool:
        """Whether a change was taken up."""
        edit = edit_between(self.best.candidate, candidate)
        belief = self._believed(edit)
        low = self.history.prior.better * self.rules.drop_below
        if belief.better < low:
            return False
        seen: list[tuple[int, Outcome]] = []
        differences: list[float] = []
        for case in self._cases([part for part, _, _ in edit]):
            if self.left <= 0 or self._decided(belief, len(seen), low=low) is not None:
                break
            outcome = self.score(candidate, case)
            level = self.best.level(case)
            seen.append((case, outcome))
            differences.append(outcome.score - level.mean)
            belief = belief.seen(differences[-1], variance=self.noise.variance + level.variance)
        self.noise.add(differences)
        self.history.add(belief)
        if self._decided(belief, len(seen), low=low) is not True:
            self.known[edit] = belief
            return False
        self._take_up(candidate, edit, belief, seen)
        return True

    def _believed(self, edit: Edit) -> EffectBelief:
        """What is believed of a change now; each time it is proposed again, less of what stood against it."""
        prior = self.history.prior
        known = self.known.get(edit)
        if known is None:
            return prior
        self.known[edit] = known.faded(prior, kept=self.rules.kept_when_proposed)
        return self.known[edit]

    def _decided(self, belief: EffectBelief, cases: int, *, low: float) -> bool | None:
        """Whether to take a change up, or None where more cases have to tell."""
        rules = self.rules
        if belief.better >= rules.take_from and cases >= rules.fewest_cases:
            return True
        if belief.better < low or cases >= rules.most_cases:
            return False
        return None

    def _take_up(
        self, candidate: Candidate, edit: Edit, belief: EffectBelief, seen: Sequence[tuple[int, Outcome]]
    ) -> None:
        prior, kept = self.history.prior, self.rules.kept_when_taken
        self.best = self.best.changed(candidate, [part for part, _, _ in edit], effect=belief.expected)
        for case, outcome in seen:
            self.best.saw(case, outcome, noise=self.noise.variance)
        self.known = {edit: one.faded(prior, kept=kept) for edit, one in self.known.items()}

    def _cases(self, parts: Sequence[str]) -> Iterator[int]:
        """Cases to try a change on: those whose errors point at its parts, then others by chance."""
        first = list(self.best.blaming(parts))
        others = [case for case in range(self.task.cases) if case not in first]
        self.chance.shuffle(others)
        yield from first
        yield from others


@dataclass(frozen=True, slots=True)
class RacingSearch:
    """An `InstructionSearch`.

    What it saves evaluations by: instructions taken up keep what was seen of those before them, a change is
    tried first where errors point at what it changes, paired with the same cases without it, and only until
    the chance of a gain is large or small; what earlier changes did is the belief the next one begins with.
    """

    rules: RacingRules = RacingRules()
    name: str = "race"

    def search(self, task: SearchTask, *, evaluations: int, seed: int, handed: Handed) -> Candidate:
        """See `InstructionSearch.search`."""
        race = _Race(task, evaluations, self.rules, random.Random(seed), Incumbent(task.start, task.cases))
        handed(task.start)
        race.look(self.rules.look_first)
        race.see(sorted(race.best.own)[: self.rules.look_twice])
        idle = 0
        while race.left > 0 and idle < MOST_IDLE:
            before = race.left
            proposed = task.propose(race.best.candidate, race.best.seen())
            if proposed is not None and proposed != race.best.candidate and race.try_out(proposed):
                handed(race.best.candidate)
            else:
                race.look(self.rules.look_again)
            idle = idle + 1 if race.left == before else 0
        return race.best.candidate


def edit_between(before: Candidate, after: Candidate) -> Edit:
    """What differs between two candidates.

    >>> edit_between({"a": "1", "b": "2"}, {"a": "1", "b": "3"})
    (('b', '2', '3'),)
    """
    parts = sorted({*before, *after})
    return tuple(
        (part, before.get(part, ""), after.get(part, ""))
        for part in parts
        if before.get(part, "") != after.get(part, "")
    )
