"""What could be changed in a field's instructions after an error: one file a kind of change."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from watchkeeper.evaluation.truth import Truth
from watchkeeper.workloads.annual_reports.coaching.exam import LabelledReport
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, FieldInstructions
from watchkeeper.workloads.annual_reports.reading import FieldReading


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """A field that came out wrong on a report, with all that can be learned from it."""

    report: LabelledReport
    agent: AgentInstructions
    name: str
    truth: Truth
    readings: Mapping[str, FieldReading]
    """What each reader found instead, by reader."""
    agent_sections: tuple[str, ...]
    """Where the roster sends the agent."""
    words: Callable[[str], tuple[str, ...]]
    """The shared word lists."""

    @property
    def told(self) -> FieldInstructions:
        """The field's instructions now."""
        return self.agent.fields[self.name]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A field's instructions changed in one thing, and what that thing is."""

    told: FieldInstructions
    why: str
    added: tuple[str, ...] = ()
    """Words and phrases it adds."""


Miner = Callable[[FieldError], Iterator[Proposal]]
"""Reads an error, proposes changes; it knows kinds of fields, never a field."""


def only_adds(before: FieldInstructions, after: FieldInstructions) -> bool:
    """Whether all that was told still is, in its order, and what is new stands behind it."""
    known = FieldInstructions.model_fields
    return all(
        _kept(getattr(before, name), getattr(after, name), unsaid=one.get_default(call_default_factory=True))
        for name, one in known.items()
    )


def _kept(before: Any, after: Any, *, unsaid: Any) -> bool:
    if isinstance(before, tuple):
        return bool(after[: len(before)] == before)
    if isinstance(before, Mapping):
        return all(_kept(words, after.get(name, ()), unsaid=()) for name, words in before.items())
    return bool(before in (after, unsaid))
