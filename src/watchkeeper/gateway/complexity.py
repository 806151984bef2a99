"""How hard a task is: which of a route's targets a call deserves (rows FA-36, FA-37, FA-52, FA-62)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Complexity(StrEnum):
    """Four levels, easiest first (requirements 2.3, Router).

    The rows name the first three; the fourth, above them, is what a long context lifts `complex` to.
    """

    SIMPLE = "simple"
    MODERATE = "moderate"
    COMPLEX = "complex"
    EXPERT = "expert"

    def raised(self) -> "Complexity":
        """The next level up; the highest stays.

        >>> Complexity.SIMPLE.raised().value, Complexity.EXPERT.raised().value
        ('moderate', 'expert')
        """
        return _RAISED[self]


_RAISED: Mapping[Complexity, Complexity] = {
    Complexity.SIMPLE: Complexity.MODERATE,
    Complexity.MODERATE: Complexity.COMPLEX,
    Complexity.COMPLEX: Complexity.EXPERT,
    Complexity.EXPERT: Complexity.EXPERT,
}

TASKS: Mapping[str, Complexity] = MappingProxyType(
    {
        "hook": Complexity.SIMPLE,
        "retrieval": Complexity.SIMPLE,
        "classification": Complexity.SIMPLE,
        "extraction": Complexity.SIMPLE,
        "translation": Complexity.SIMPLE,
        "medium": Complexity.MODERATE,
        "summary": Complexity.MODERATE,
        "question": Complexity.MODERATE,
        "rewriting": Complexity.MODERATE,
        "expanded": Complexity.COMPLEX,
        "fact_check": Complexity.COMPLEX,
        "research": Complexity.COMPLEX,
        "comparison": Complexity.COMPLEX,
        "explanation": Complexity.COMPLEX,
        "coding": Complexity.COMPLEX,
        "planning": Complexity.EXPERT,
        "judging": Complexity.EXPERT,
    }
)
"""Seventeen task types, the default of `complexity.tasks`.

The rows give `hook`, `medium`, `expanded` and `fact_check` (FA-62) and tell retrieval from research
(requirements 2.3, Classifier); the others are ours, and every one can be set.
"""
ECONOMY: Mapping[str, Complexity] = MappingProxyType(
    {
        "hook": Complexity.SIMPLE,
        "medium": Complexity.SIMPLE,
        "expanded": Complexity.MODERATE,
        "fact_check": Complexity.COMPLEX,
    }
)
"""What the map becomes when money is short (FA-62)."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A call's level, and why."""

    level: Complexity
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplexityMap:
    """Tasks by how hard they are."""

    tasks: Mapping[str, Complexity] = field(default_factory=lambda: TASKS)
    """By name, spelled as `task_name` gives it."""
    unknown: Complexity = Complexity.COMPLEX
    """For a task that is not in the map, and for a call that names none: unsure means hard."""
    raise_above_tokens: int = 50_000
    """An input longer than this, in tokens, is one level harder."""
    routing: bool = True
    """Whether levels choose targets at all (FA-37)."""

    def judge(self, task: str | None, *, input_tokens: int | None) -> Judged:
        """How hard a call is.

        Args:
            task: As the caller named it; None when it named none.
            input_tokens: How long the input is; None when that is not known, which raises nothing.

        >>> ComplexityMap().judge("fact-check", input_tokens=10_000)
        Judged(level=<Complexity.COMPLEX: 'complex'>, reason='task fact_check is complex')
        >>> ComplexityMap().judge("hook", input_tokens=50_001).reason
        'task hook is simple, raised to moderate: 50001 tokens of input are above 50000'
        """
        if task is None:
            level, reason = self.unknown, f"no task was named, which counts as {self.unknown.value}"
        else:
            name = task_name(task)
            found = self.tasks.get(name)
            if found is None:
                level = self.unknown
                reason = f"task {name[:_SHOWN]} is not in the map, which counts as {level.value}"
            else:
                level, reason = found, f"task {name} is {found.value}"
        if input_tokens is None or input_tokens <= self.raise_above_tokens or level.raised() is level:
            return Judged(level, reason)
        higher = level.raised()
        why = f"{input_tokens} tokens of input are above {self.raise_above_tokens}"
        return Judged(higher, f"{reason}, raised to {higher.value}: {why}")


_SHOWN = 60
"""Characters of an unknown task's name that are repeated."""


def task_name(task: str) -> str:
    """A task's name as the map spells it: case, spaces and hyphens do not count.

    >>> task_name("Fact-Check"), task_name(" fact check ")
    ('fact_check', 'fact_check')
    """
    return task.strip().casefold().replace("-", "_").replace(" ", "_")
