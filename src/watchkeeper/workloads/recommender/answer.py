"""What a query is answered: recommendations, why each, and how much of the system stood behind them."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from watchkeeper.domain.errors.components import ComponentOutputError


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One document recommended."""

    rank: int
    """From 1."""
    document: str
    title: str
    score: float
    """Above 0 to 1; 1 is first place by every component."""
    components: Mapping[str, float]
    """Each component's own score of it, 0 to 1; one that has none of it is not named."""
    why: Sequence[str]
    """What speaks for it, a sentence a component."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentReport:
    """How a component did for one query."""

    state: str
    """`ok`, `no evidence`, `failed` or `not needed`."""
    milliseconds: float | None = None
    error: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The whole answer."""

    query: str
    top_k: int
    recommendations: Sequence[Recommendation]
    strategy: str
    """Who led: the first of graph, entity, embedding that could."""
    degraded: bool
    tier: int | None
    """Of what was taken from the user: 3 a fallback, 2 reduced quality, 1 nothing found; null is nothing."""
    reason: str | None
    message: str
    """For the user."""
    components: Mapping[str, ComponentReport]
    embedding: str
    """What the embedding component is."""
    receipts: Sequence[str] = ()
    query_id: str | None = None
    trace_id: str | None = None
    latency_ms: float | None = None
    release: str | None = None
    """It was answered with; null while none is live."""
    experiment: str | None = None
    arm: str | None = None

    def body(self) -> dict[str, Any]:
        """As it stands in replies and result lines."""
        return {"status": "ok", **asdict(self)}


def require_sound(recommendations: Sequence[Recommendation], *, top_k: int, known: Mapping[str, str]) -> None:
    """Check what is about to be shown (HE-10): structure, scores, required fields.

    Args:
        recommendations: In their order.
        top_k: The most there may be.
        known: Titles by document.

    Raises:
        ComponentOutputError: Something is wrong with it; it must not be shown.
    """
    if len(recommendations) > top_k:
        raise _unsound(f"{len(recommendations)} recommendations where {top_k} were asked for")
    seen: set[str] = set()
    last = math.inf
    for place, one in enumerate(recommendations, start=1):
        if one.rank != place or one.document in seen:
            raise _unsound(f"{one.document!r} at rank {one.rank}, place {place}")
        if known.get(one.document) != one.title:
            raise _unsound(f"{one.document!r}, which is not in the corpus under that title")
        if not (math.isfinite(one.score) and 0.0 < one.score <= 1.0 + 1e-9 and one.score <= last):
            raise _unsound(f"the score {one.score!r} at rank {one.rank}")
        if not one.why:
            raise _unsound(f"no reason for {one.document!r}")
        seen.add(one.document)
        last = one.score


def _unsound(what: str) -> ComponentOutputError:
    return ComponentOutputError(
        f"an answer was stopped before anybody saw it: {what}", action="another strategy answers in its place"
    )
