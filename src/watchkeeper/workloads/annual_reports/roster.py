"""The roster: which agent reads which fields in which parts of a report, and in what order (2.1.7)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.workloads.annual_reports.instructions import Kind
from watchkeeper.workloads.annual_reports.yaml_text import parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterField:
    """A field as the roster knows it."""

    name: str
    kind: Kind
    key: str
    """Its name in results, receipts and instructions; unique in the roster."""
    scored: bool
    """Whether reports are labelled with it."""
    expected: bool
    """Whether an answer of the agent that lacks it is a poor one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A named group of fields that are read together."""

    name: str
    priority: int
    """1 goes first."""
    headings: tuple[str, ...]
    """Swedish headings it serves, for people and for a model's prompt."""
    sections: tuple[str, ...]
    """Section kinds it reads, in order of preference."""
    empty_is_answer: bool
    """Whether finding nothing is a correct answer: most reports have no such part."""
    fields: tuple[RosterField, ...]


class _FieldRow(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    kind: Kind
    key: str | None = None
    scored: bool = False
    expected: bool = False


class _AgentRow(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str
    priority: int = Field(ge=1)
    headings: tuple[str, ...]
    sections: tuple[str, ...]
    empty_is_answer: bool = False
    fields: tuple[_FieldRow, ...]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    agents: tuple[_AgentRow, ...]


def load_roster(path: Path | None = None) -> tuple[Agent, ...]:
    """The agents of a roster file, as they stand in it.

    Args:
        path: None for the roster that ships with the workload.

    Raises:
        InvalidInputError: The file is not valid; the message names every problem.
    """
    source = files(__package__).joinpath("roster.yaml") if path is None else path
    try:
        rows = _File.model_validate(parsed(source.read_text(encoding="utf-8"))).agents
    except ValidationError as problems:
        raise InvalidInputError(
            f"the roster {source.name} is not valid: {problems}", action=f"mend {source.name}"
        ) from problems
    agents = _with_keys(rows)
    twice = [key for key, count in Counter(f.key for a in agents for f in a.fields).items() if count > 1]
    if twice:
        raise InvalidInputError(
            f"the roster {source.name} gives several fields one key: {', '.join(sorted(twice))}",
            action="give each field a key of its own",
        )
    return agents


def agents_by_priority(agents: Iterable[Agent]) -> tuple[Agent, ...]:
    """The agents in the order they work, those of one priority as they stand."""
    return tuple(sorted(agents, key=lambda agent: agent.priority))


def _with_keys(rows: Iterable[_AgentRow]) -> tuple[Agent, ...]:
    rows = tuple(rows)
    # A name is taken when another agent has it too, or when another field's results go by it.
    taken = Counter(field.name for row in rows for field in row.fields)
    taken.update(field.key for row in rows for field in row.fields if field.key not in (None, field.name))
    return tuple(
        Agent(
            name=row.name,
            priority=row.priority,
            headings=row.headings,
            sections=row.sections,
            empty_is_answer=row.empty_is_answer,
            fields=tuple(
                RosterField(
                    name=field.name,
                    kind=field.kind,
                    key=field.key or (field.name if taken[field.name] == 1 else f"{row.name}.{field.name}"),
                    scored=field.scored,
                    expected=field.expected,
                )
                for field in row.fields
            ),
        )
        for row in rows
    )
