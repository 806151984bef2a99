"""A candidate's way into traffic: share by share, and back at once when it is worse."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from watchkeeper.releases.assignment import BUCKETS
from watchkeeper.releases.gate import GateVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One share of traffic on the way."""

    share: int
    """In ten-thousandths."""
    least_calls: int
    """Of the candidate at this share, before it gets the next."""
    proved: bool
    """Whether the gate must have passed before it gets the next."""


STAGES: tuple[Stage, ...] = (
    Stage(share=100, least_calls=50, proved=False),
    Stage(share=1_000, least_calls=200, proved=True),
    Stage(share=5_000, least_calls=100, proved=True),
)
"""1, 10, 50 %, then all. At 1 % only what is plainly broken shows; at 10 % it is proved, beside nine times as
many calls of the live release; at 50 % it bears the load."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is to be done with a canary now."""

    kind: Literal["stay", "raise", "go live", "roll back"]
    share: int
    """Of traffic afterwards, in ten-thousandths."""
    reason: str


def next_step(
    share: int, verdict: GateVerdict, *, calls_at_share: int, stages: Sequence[Stage] = STAGES
) -> Step:
    """What a look at the gate makes of a canary.

    Args:
        share: What it has of traffic, in ten-thousandths.
        verdict: Of the gate, over all its calls.
        calls_at_share: Of the candidate, since it has this share.
        stages: By growing share.
    """
    if verdict.decision == "turned away":
        return Step("roll back", 0, verdict.reason)
    stage = next((one for one in stages if one.share >= share), None)
    if stage is None or stage.share > share:
        # A share somebody set by hand: it goes on from the next stage, as if this one were held.
        stage = Stage(share=share, least_calls=0, proved=True)
    if calls_at_share < stage.least_calls:
        return Step("stay", share, f"{calls_at_share} of {stage.least_calls} calls at {share / 100:g} %")
    if stage.proved and verdict.decision != "passed":
        return Step("stay", share, verdict.reason)
    later = next((one for one in stages if one.share > share), None)
    if later is None:
        return Step("go live", BUCKETS, verdict.reason)
    return Step("raise", later.share, verdict.reason)
