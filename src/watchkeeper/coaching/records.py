"""What is kept of coaching: rounds, versions of instructions, an operator's orders."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundRow:
    """A round as it is kept (GF-71, GF-72)."""

    session_id: str
    workload: str
    run_id: str
    document: str
    agent: str
    round: int
    accuracy: float
    coverage: float
    precision: float
    recall: float
    f1: float
    errors: Sequence[str]
    missing: Sequence[str]
    strategy: str
    reason: str
    change: str | None
    improvement: float
    basis: str
    phase: int
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """An agent's instructions that are to be kept as its next version."""

    workload: str
    agent: str
    parent: int | None
    """None for the version before it."""
    strategy: str
    author: str
    reason: str
    content: Mapping[str, object]
    accuracy: float | None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructionVersion(NewVersion):
    """A version of an agent's instructions (GF-75); the newest is the one in use."""

    version: int
    """From 1, in the order they were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyOrder:
    """A strategy an operator asked for (GF-26)."""

    order_id: str
    workload: str
    agent: str
    strategy: str
    given_by: str
    reason: str | None
    given_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by_session: str | None = None

    def open_at(self, now: datetime) -> bool:
        """Whether it still waits for its round."""
        return self.used_at is None and now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class GoldenExample:
    """An answer that was 95 % right or more (GF-05, GF-73)."""

    example_id: str
    """The session's it came from."""
    workload: str
    document: str
    agent: str
    extraction: Mapping[str, object]
    accuracy: float
    coverage: float | None
    prompt_version: str | None
    """The version of the agent's instructions that gave it; None: the one it began with."""
    verified_by: str
    """`auto`: by its labels alone; else who looked at it."""
    active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Whether a workload is coached, and who said so last."""

    workload: str
    enabled: bool
    given_by: str
    reason: str
    given_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptied:
    """What a complete reset took away."""

    sessions: int
    versions: int
    golden_examples: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRow:
    """A session that ended, with all that it leaves behind: kept whole or not at all."""

    session_id: str
    workload: str
    run_id: str
    document: str
    agent: str
    status: str
    """`completed` or `failed`."""
    max_rounds: int
    failure_reason: str | None
    at: datetime
    rounds: Sequence[RoundRow]
    versions: Sequence[NewVersion] = field(default=())
    """One a change, oldest first."""
    extraction: Mapping[str, object] | None = None
    """The last answer, for the library when it is golden; else None."""
    order_id: str | None = None
    """The operator's order it used up."""
