"""How a scripted provider behaves: how fast, how long its answers are, and which share of them fails how."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from random import Random
from types import MappingProxyType
from typing import Any


class Fault(StrEnum):
    """One way to fail."""

    RATE_LIMITED = "rate_limited"
    """429 with `Retry-After`."""
    SERVER_ERROR = "server_error"
    """500."""
    UNAVAILABLE = "unavailable"
    """503."""
    RESET = "reset"
    """The connection is reset without a byte of an answer."""
    STALL = "stall"
    """Nothing is answered for `stall_s`, then the connection is closed."""
    HANGING = "hanging"
    """The answer stops half-way, nothing follows for `stall_s`, then the connection is closed."""
    TRUNCATED_JSON = "truncated_json"
    """The body, or half-way an event of the stream, is JSON that ends too early; HTTP itself is in order."""
    CUT = "cut"
    """The connection is closed half-way through the answer."""
    LENGTH_TOO_LONG = "length_too_long"
    """More bytes are announced than come before the connection is closed."""
    LENGTH_TOO_SHORT = "length_too_short"
    """Fewer bytes are announced than come."""
    NONSENSE_USAGE = "nonsense_usage"
    """The answer is whole, and its usage holds a negative number and a word."""


UNBILLED = frozenset({Fault.RATE_LIMITED, Fault.SERVER_ERROR, Fault.UNAVAILABLE})
"""What a provider does not charge for, by its status; on everything else it may have worked."""


def _no_faults() -> Mapping[Fault, float]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderPlan:
    """Behaviour of a scripted provider; equal plans and equal requests in equal order give equal answers."""

    seed: int = 0
    faults: Mapping[Fault, float] = field(default_factory=_no_faults)
    """The share of requests that fails in each way, from 0 to 1; together at most 1."""
    latency_s: float = 0.0
    """Before the first byte of an answer, in seconds."""
    latency_spread_s: float = 0.0
    """Up to so many seconds more, drawn evenly."""
    output_tokens: int = 20
    """How long an answer is, a word a token, unless the request allows fewer."""
    chunks: int = 20
    """Pieces a stream comes in."""
    chunk_gap_s: float = 0.0
    """Seconds between them."""
    retry_after_s: float = 1.0
    """Told with 429."""
    stall_s: float = 3600.0
    """How long a silence lasts, in seconds, if the other side waits."""
    stamps: bool = False
    """Whether pieces of a stream are the monotonic times of their sending, in nanoseconds, not words."""
    keeps_log: bool = True
    """Whether each request is kept for `GET /control/requests`; without, they are counted only."""
    keeps_bodies: bool = False
    """Whether the log has their bodies too."""

    def __post_init__(self) -> None:
        total = sum(self.faults.values())
        if total > 1 + 1e-9 or any(share < 0 for share in self.faults.values()):
            raise ValueError(
                f"the faults' shares come to {total}; give shares from 0 to 1, together at most 1"
            )

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it; `plan_of_json` reads it back."""
        written = {one.name: getattr(self, one.name) for one in fields(self)}
        return {**written, "faults": {fault.value: share for fault, share in self.faults.items()}}


def plan_of_json(written: Mapping[str, Any]) -> ProviderPlan:
    """The plan that `ProviderPlan.to_json` wrote.

    Raises:
        ValueError: A fault is unknown, or the shares are wrong.
        TypeError: A field is unknown.
    """
    faults = {Fault(name): float(share) for name, share in written.get("faults", {}).items()}
    return ProviderPlan(**{**written, "faults": MappingProxyType(faults)})


class Draws:
    """What befalls each request, drawn from a plan's seed in the order of arrival."""

    def __init__(self, plan: ProviderPlan) -> None:
        self._random = Random(plan.seed).random
        self._latency_s = plan.latency_s
        self._spread_s = plan.latency_spread_s
        self._bounds: list[tuple[float, Fault]] = []
        bound = 0.0
        for fault, share in sorted(plan.faults.items()):
            bound += share
            self._bounds.append((bound, fault))

    def next(self) -> tuple[Fault | None, float]:
        """The next request's fault, None for none, and its latency in seconds."""
        fault = None
        if self._bounds:
            drawn = self._random()
            fault = next((fault for bound, fault in self._bounds if drawn < bound), None)
        latency_s = self._latency_s
        if self._spread_s:
            latency_s += self._random() * self._spread_s
        return fault, latency_s
