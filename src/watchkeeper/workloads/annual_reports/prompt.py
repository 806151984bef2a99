"""An agent's instructions rendered for a language or vision model, and the schema of its answer.

Directives follow requirements 2.1.5: one JSON object, whole SEK, plain percentages, ISO dates, null
when the report does not state it, exact keys, nothing invented.
"""

from collections.abc import Mapping, Sequence

from watchkeeper.domain.call import ImagePart, Message, TextPart
from watchkeeper.domain.page import Page
from watchkeeper.workloads.annual_reports.instructions import AgentInstructions, FieldInstructions

_DIRECTIVES = (
    "Answer with one JSON object that fits the given schema and nothing else. Amounts are whole SEK "
    "(multiply amounts printed in thousands), areas m2, percentages plain numbers, dates ISO 8601. "
    "`page` is the 1-based page the value is printed on and `printed` the text as printed. A field "
    "the report does not state is null; invent nothing and compute nothing."
)

_TYPES: dict[str, list[str]] = {
    "amount": ["number", "null"],
    "count": ["integer", "null"],
    "area": ["number", "null"],
    "year": ["integer", "string", "null"],
    "percent": ["number", "null"],
}
"""JSON types by kind; every other kind is a string or null."""


def render_instructions(agent: AgentInstructions) -> str:
    """What the agent is told, as text for a person or a model to read."""
    lines = [f"You are the {agent.agent} agent for Swedish housing associations' annual reports."]
    if agent.guidance:
        lines.append(agent.guidance.strip())
    lines.append("Fields:")
    for name, field in agent.fields.items():
        lines.extend(_field_lines(name, field))
    lines.append(_DIRECTIVES)
    return "\n".join(lines)


def answer_schema(agent: AgentInstructions) -> dict[str, object]:
    """The strict JSON schema of the agent's answer: per field null or value, page and printed text."""
    properties = {name: _field_schema(field) for name, field in agent.fields.items()}
    return _strict_object(properties)


def agent_messages(
    agent: AgentInstructions, pages: Sequence[Page], images: Sequence[tuple[int, bytes]] = ()
) -> tuple[Message, ...]:
    """The messages of a call: the instructions, then the pages as text and, if given, as PNG images."""
    parts: list[TextPart | ImagePart] = []
    for page in pages:
        parts.append(TextPart(f"Page {page.number}:\n{page.text}"))
    for number, png in images:
        parts.append(TextPart(f"Image of page {number}:"))
        parts.append(ImagePart("image/png", png))
    return (
        Message("system", (TextPart(render_instructions(agent)),)),
        Message("user", tuple(parts)),
    )


def _field_lines(name: str, field: FieldInstructions) -> list[str]:
    lines = [f"- {name} ({field.kind})"]
    for title, words in (
        ("labels", field.labels),
        ("under headings", field.headings),
        ("not when the row says", field.avoid),
        ("in sections", field.sections),
    ):
        if words:
            lines.append(f"  {title}: {', '.join(words)}")
    if field.sign == "absolute":
        lines.append("  without a minus sign")
    lines.extend(f"  note: {pitfall}" for pitfall in field.pitfalls)
    lines.extend(f"  example: {example.text!r} -> {example.value!r}" for example in field.examples)
    return lines


def _field_schema(field: FieldInstructions) -> dict[str, object]:
    answer = _strict_object(
        {
            "value": {"type": _TYPES.get(field.kind, ["string", "null"])},
            "page": {"type": ["integer", "null"]},
            "printed": {"type": ["string", "null"]},
        }
    )
    return {"anyOf": [answer, {"type": "null"}]}


def _strict_object(properties: Mapping[str, object]) -> dict[str, object]:
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(properties),
        "additionalProperties": False,
    }
