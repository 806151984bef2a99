"""Golden answers as templates: what was printed and what was read from it, for readers that are models."""

from collections.abc import Mapping

from watchkeeper.evaluation.truth import Score
from watchkeeper.workloads.annual_reports.coaching.exam import Sitting
from watchkeeper.workloads.annual_reports.instructions import (
    AgentInstructions,
    Example,
    FieldInstructions,
)
from watchkeeper.workloads.annual_reports.reading import FieldReading

MOST_EXAMPLES = 3
"""Of a field: a model learns the form from few, and each is paid for in every call."""
LONGEST = 160
"""Characters of printed text."""


def with_examples(agent: AgentInstructions, sitting: Sitting) -> AgentInstructions | None:
    """The agent with what was read right on a report as examples, the newest last; None: nothing is new."""
    fields: dict[str, FieldInstructions] = {}
    for name, told in agent.fields.items():
        example = _example(sitting, name)
        if example is not None and example not in told.examples:
            kept = (*told.examples, example)[-MOST_EXAMPLES:]
            fields[name] = told.model_copy(update={"examples": kept})
    return agent.model_copy(update={"fields": {**agent.fields, **fields}}) if fields else None


def _example(sitting: Sitting, name: str) -> Example | None:
    """One field's value that is right, with the text that the surest reader read it from."""
    decision = sitting.decisions.get(name)
    if decision is None or sitting.mark.scores.get(name) is not Score.RIGHT:
        return None
    if not isinstance(decision.value, str | int | float):
        return None
    printed = _printed(sitting.readings.get(name, {}), decision.value)
    return None if printed is None else Example(text=printed, value=decision.value)


def _printed(readings: Mapping[str, FieldReading], value: object) -> str | None:
    said = [one for one in readings.values() if one.value == value and len(one.printed) <= LONGEST]
    return max(said, key=lambda one: one.confidence).printed if said else None
