"""A change of instructions as a model proposes it: its schema, and the structured change it stands for."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.workloads.annual_reports.coaching.proposals import Proposal
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, FieldInstructions

WORD_PARTS = ("labels", "headings", "until", "avoid", "cues")
"""Lists of printed words, lower case; the first counts most."""
NAME_PARTS = ("sections", "sum_of")
RULE_PARTS = ("side", "sign", "unit", "occurrence", "minimum", "maximum")
PARTS = (*WORD_PARTS, *NAME_PARTS, *RULE_PARTS)
MOST_ENTRIES = 60
LONGEST_ENTRY = 80
"""Characters; what is longer is a sentence, and stands in no other report."""
_FIGURES = re.compile(r"\d")


def change_schema(fields: Sequence[str]) -> Mapping[str, Any]:
    """The strict JSON schema of one change: a part of one field's instructions, given anew.

    Args:
        fields: The fields that may be changed; not empty.
    """
    properties = {
        "reasoning": {"type": "string"},
        "field": {"type": "string", "enum": list(fields)},
        "part": {"type": "string", "enum": list(PARTS)},
        "value": {
            "anyOf": [
                {"type": "array", "items": {"type": "string"}},
                {"type": "string"},
                {"type": "number"},
                {"type": "null"},
            ]
        },
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def proposal_of(answer: Mapping[str, Any], agent: AgentInstructions) -> Proposal:
    """The field's instructions as the answer changes them.

    Raises:
        InvalidInputError: The answer is no change of this agent's instructions, or none at all.
    """
    name, part, value = answer["field"], answer["part"], answer["value"]
    told = agent.fields.get(name)
    if told is None or part not in PARTS:
        raise InvalidInputError(f"{str(name)[:60]!r} has no part {str(part)[:60]!r} that can be changed")
    if part in (*WORD_PARTS, *NAME_PARTS):
        value = _entries(value, part)
    try:
        changed = FieldInstructions.model_validate({**told.model_dump(), part: value})
    except ValidationError as problems:
        said = problems.errors(include_url=False, include_input=False)[0]["msg"]
        raise InvalidInputError(f"{part} of {name} cannot be {str(value)[:60]!r}: {said}") from problems
    if part == "sum_of" and not set(changed.sum_of) <= set(agent.fields) - {name}:
        raise InvalidInputError(f"{name} cannot be the sum of {', '.join(changed.sum_of)[:80]}")
    if changed == told:
        raise InvalidInputError(f"{part} of {name} stay as they are")
    added = tuple(one for one in changed_words(changed, part) if one not in changed_words(told, part))
    return Proposal(changed, _why(told, changed, part), added)


def changed_words(told: FieldInstructions, part: str) -> tuple[str, ...]:
    """The words of a part that holds printed words; none of the other parts."""
    words: tuple[str, ...] = getattr(told, part) if part in WORD_PARTS else ()
    return words


def _entries(value: object, part: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_ENTRIES:
        raise InvalidInputError(f"{part} is a list of at most {MOST_ENTRIES} texts")
    entries = tuple(dict.fromkeys(str(one).casefold().strip() for one in value))
    for one in entries:
        if not one or len(one) > LONGEST_ENTRY:
            raise InvalidInputError(
                f"{part} holds {one[:60]!r}: 1 to {LONGEST_ENTRY} characters are asked for"
            )
        if part in WORD_PARTS and _FIGURES.search(one):
            raise InvalidInputError(f"{part} holds {one!r}: figures are what a report states, not its words")
    return entries


def _why(before: FieldInstructions, after: FieldInstructions, part: str) -> str:
    old, new = getattr(before, part), getattr(after, part)
    if not isinstance(new, tuple):
        return f"{part} {new!r}"
    more = [f"+ {one!r}" for one in new if one not in old]
    less = [f"- {one!r}" for one in old if one not in new]
    return f"{part} {', '.join([*more, *less]) or 'in another order'}"[:300]
