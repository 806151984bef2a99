"""What an evaluation run leaves: a head that says what was run, and a line for every answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalHead:
    """What was run; a run goes on only where it is the same."""

    name: str
    dataset: str
    dataset_sha256: str
    suite_sha256: str
    """Of everything the suite says."""
    target: str | None
    """Who answered; None where given answers were scored."""
    scorers: Mapping[str, str]
    """By name, the version."""
    repeats: int
    started_at: str
    """RFC 3339, UTC."""
    items: int | None = None
    """How many the dataset has; None in files of versions that did not write it down."""
    workload: str = "evaluation"
    """Whose money was spent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineScore:
    """One scorer's word on one answer; `value` None is not checked."""

    value: float | None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalLine:
    """One answer to one item."""

    item: str
    repeat: int
    """From 1."""
    output: object | None
    error: str | None = None
    """Why there is no answer."""
    seconds: float | None = None
    cost_usd: str | None = None
    receipts: tuple[str, ...] = ()
    scores: Mapping[str, LineScore] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int]:
        """What a run does once."""
        return self.item, self.repeat
