"""The best instructions of a search so far, and what is believed of how they do on each case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from watchkeeper.coaching.instruction_search import Candidate, Outcome, Seen

APART = 0.08
"""Variance of scores between cases before any is seen: 0.28 either way, on a scale of 0 to 1."""
DRIFT = 0.01
"""Variance that a change adds to what is believed of cases it was not tried on."""


@dataclass(frozen=True, slots=True)
class Level:
    """A score as it is believed to be."""

    mean: float
    variance: float

    def seen(self, score: float, *, noise: float) -> "Level":
        """After one more score, of this variance of noise.

        >>> Level(0.0, 1.0).seen(1.0, noise=1.0)
        Level(mean=0.5, variance=0.5)
        """
        gain = self.variance / (self.variance + noise)
        return Level(self.mean + gain * (score - self.mean), (1 - gain) * self.variance)


@dataclass(slots=True)
class Incumbent:
    """The instructions to beat; what was seen of those before them still counts."""

    candidate: Candidate
    cases: int
    levels: dict[int, Level] = field(default_factory=dict)
    outcomes: dict[int, Outcome] = field(default_factory=dict)
    """The last outcome of each case that is still believed of these instructions."""
    own: set[int] = field(default_factory=set)
    """Cases that these very instructions were scored on."""

    def saw(self, case: int, outcome: Outcome, *, noise: float) -> None:
        """One more evaluation on a case."""
        self.levels[case] = self.level(case).seen(outcome.score, noise=noise)
        self.outcomes[case] = outcome
        self.own.add(case)

    def level(self, case: int) -> Level:
        """What is believed of a case; of one never seen, what the others lead to expect."""
        known = self.levels.get(case)
        return known if known is not None else Level(self.expected, APART)

    @property
    def expected(self) -> float:
        """The mean over all cases, unseen ones taken as those seen."""
        means = [one.mean for one in self.levels.values()]
        return sum(means) / len(means) if means else 0.5

    def seen(self) -> Sequence[Seen]:
        """What is known of single cases, the worst first."""
        order = sorted(self.outcomes, key=lambda case: (self.level(case).mean, case))
        return [Seen(case, self.outcomes[case]) for case in order]

    def blaming(self, parts: Sequence[str]) -> Iterator[int]:
        """Cases whose errors point at one of some parts, the worst first."""
        return (one.case for one in self.seen() if set(parts) & set(one.outcome.blamed))

    def changed(self, candidate: Candidate, parts: Sequence[str], *, effect: float) -> "Incumbent":
        """What is believed once other instructions have taken over, before anything is seen of them.

        Args:
            candidate: They.
            parts: Where they differ.
            effect: What they gain, as it is believed, where the errors pointed at these parts.
        """
        touched = set(self.blaming(parts))
        levels = {
            case: Level(one.mean + (effect if case in touched else 0.0), one.variance + DRIFT)
            for case, one in self.levels.items()
        }
        outcomes = {
            case: Outcome(one.score, tuple(part for part in one.blamed if part not in parts))
            for case, one in self.outcomes.items()
        }
        return Incumbent(candidate, self.cases, levels, outcomes)
