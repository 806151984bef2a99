"""Instructions: what an agent should look for, as structured data.

The baseline readers read them directly and a language model gets them rendered as a prompt, so
coaching changes one thing and both learn. Reader code holds no Swedish word of its own.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.workloads.annual_reports.yaml_text import parsed

Kind = Literal[
    "amount",
    "count",
    "area",
    "year",
    "date",
    "percent",
    "text",
    "person",
    "firm",
    "place",
    "designation",
    "org_no",
    "association",
    "people",
    "amounts",
    "rows",
    "passage",
]
"""What a value is: an amount in SEK, a count, m2, a year, an ISO date, a percentage, free text, one
person, a firm, a municipality, a property's designation, an organisation number, an association's
name, a list of people, a list of amounts (one a year), table rows, or a passage of text."""


BARE = "bare.yaml"
"""One label a field, beside the shipped instructions; `bare.py` reads it."""


class Example(BaseModel):
    """A printed text and the value to read from it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    text: str
    value: str | int | float | None


class FieldInstructions(BaseModel):
    """How to find one field."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    kind: Kind
    labels: tuple[str, ...] = ()
    """Printed labels, strongest first; matched ignoring case, spacing and punctuation."""
    sections: tuple[str, ...] = ()
    """Section kinds to look in, in order of preference; elsewhere only as a last resort."""
    side: Literal["after", "before", "either"] = "after"
    """Where the value stands, seen from its label."""
    headings: tuple[str, ...] = ()
    """Headings of the block in which the value, perhaps an unlabelled subtotal, stands."""
    until: tuple[str, ...] = ()
    """Labels that end that block."""
    avoid: tuple[str, ...] = ()
    """A row or phrase with one of these is something else."""
    cues: tuple[str, ...] = ()
    """Words nearby that make a candidate more likely."""
    sign: Literal["printed", "absolute"] = "printed"
    """Whether a printed minus sign (or parentheses) is kept or dropped."""
    unit: Literal["report", "kronor", "none"] = "none"
    """`report`: the amount is in the unit the page or report states (tkr is multiplied by 1000)."""
    occurrence: Literal["first", "last"] = "first"
    """Which of several equally good matches counts."""
    sum_of: tuple[str, ...] = ()
    """Fields of the same agent whose sum stands in when no label is found."""
    minimum: float | None = None
    maximum: float | None = None
    hints: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    """Named word lists for what the keys above do not cover."""
    pitfalls: tuple[str, ...] = ()
    """Traps, in words, for a model and for people."""
    examples: tuple[Example, ...] = ()


class AgentInstructions(BaseModel):
    """All that one agent is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    agent: str
    version: int = Field(ge=1)
    guidance: str = ""
    fields: Mapping[str, FieldInstructions]
    """By output key."""


@dataclass(frozen=True, slots=True)
class InstructionSet:
    """The instructions of every agent, and the words they share."""

    agents: Mapping[str, AgentInstructions] = field(default_factory=dict)
    vocabulary: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Shared word lists by name: months, units, titles, legal forms, roles, words that are no name."""

    def words(self, name: str) -> tuple[str, ...]:
        """A word list of the vocabulary; empty when there is none."""
        return self.vocabulary.get(name, ())

    def sha256(self) -> str:
        """The hash of everything instructed, for receipts and run records."""
        plain = {name: agent.model_dump(mode="json") for name, agent in sorted(self.agents.items())}
        text = json.dumps([plain, {k: list(v) for k, v in sorted(self.vocabulary.items())}], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def load_instructions(folder: Path | None = None) -> InstructionSet:
    """The instructions of a folder: `vocabulary.yaml` and one `<agent>.yaml` each.

    Args:
        folder: None for the instructions that ship with the workload.

    Raises:
        InvalidInputError: A file is not valid; the message names the file and every problem in it.
    """
    root = files(__package__).joinpath("instructions") if folder is None else folder
    agents: dict[str, AgentInstructions] = {}
    vocabulary: dict[str, tuple[str, ...]] = {}
    for entry in sorted(root.iterdir(), key=lambda item: item.name):
        if not entry.name.endswith(".yaml") or entry.name == BARE:
            continue
        data = parsed(entry.read_text(encoding="utf-8"))
        if entry.name == "vocabulary.yaml":
            vocabulary = {name: tuple(words) for name, words in data.items()}
            continue
        try:
            agent = AgentInstructions.model_validate(data)
        except ValidationError as problems:
            raise InvalidInputError(
                f"instructions {entry.name} are not valid: {problems}", action=f"mend {entry.name}"
            ) from problems
        agents[agent.agent] = agent
    return InstructionSet(agents=agents, vocabulary=vocabulary)
