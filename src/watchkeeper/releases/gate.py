"""Whether a candidate may go live: a sequential comparison with the release that is live now.

Four things are compared: quality, errors, latency and cost. Of each, two questions are asked at every look:
is it proved that the candidate is not worse by as much as would do harm (it passes), and is it proved
that it is worse at all (it is turned away)? One breach turns it away; all must pass; what is still open
after `most_calls` calls is not proved, and turns it away as well (law 4).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from watchkeeper.statistics.always_valid import Bounds, Side, bounds_of_difference, smoothed_share

Measure = Literal["quality", "errors", "latency", "cost"]
Verdict = Literal["passed", "breached", "open", "no data"]
MEASURES: tuple[Measure, ...] = ("quality", "errors", "latency", "cost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerances:
    """How much worse would do harm, and how sure the gate has to be."""

    quality: float | None = 0.05
    """Share of right answers, or the mean score from 0 to 1; a candidate that much lower does harm. None:
    quality is not compared."""
    errors: float | None = 0.02
    """Share of calls that fail."""
    latency: float | None = 0.20
    """Relative, of the geometric mean: 0.20 is a fifth slower."""
    cost: float | None = 0.20
    """Relative, of the geometric mean."""
    most_calls: int = 2500
    """Of the candidate; what is not proved by then is not proved."""
    enough_calls: int = 200
    """Of the candidate, before the first look: the bounds are those of a normal distribution, and with
    100 the chance of passing a candidate whose first calls went well was three times that promised."""
    alpha: float = 0.001
    """How often a measure passes although it is worse by its tolerance, and how often one is breached
    although it is no worse; over all looks together."""

    def of(self, measure: Measure) -> float | None:
        """The tolerance of a measure; relative ones as a difference of logarithms."""
        tolerance: float | None = getattr(self, measure)
        return math.log1p(tolerance) if tolerance is not None and measure in _RELATIVE else tolerance


_RELATIVE: frozenset[Measure] = frozenset({"latency", "cost"})
_SHARES: frozenset[Measure] = frozenset({"quality", "errors"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """What the two releases did in one stretch in which they shared traffic the same way.

    `latency` and `cost` are of natural logarithms: what is free counts as the least that is counted. A
    measure nobody took is None.
    """

    candidate: "Record"
    live: "Record"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one release did."""

    calls: int
    quality: Side | None = None
    errors: Side | None = None
    latency: Side | None = None
    cost: Side | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Where one measure stands; differences are candidate less live, logarithms told as relative changes."""

    measure: Measure
    verdict: Verdict
    difference: float | None
    low: float | None
    high: float | None
    tolerance: float
    calls: int
    """Of the candidate, with this measure taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GateVerdict:
    """What a look at the gate came to."""

    decision: Literal["passed", "turned away", "open"]
    reason: str
    calls: int
    findings: tuple[Finding, ...]


def judge(strata: Sequence[Stratum], tolerances: Tolerances) -> GateVerdict:
    """Look at a candidate beside the live release; may be called after every call."""
    calls = sum(stratum.candidate.calls for stratum in strata)
    findings = tuple(
        _finding(measure, strata, tolerances) for measure in MEASURES if tolerances.of(measure) is not None
    )
    breached = [finding for finding in findings if finding.verdict == "breached"]
    unproved = [finding for finding in findings if finding.verdict != "passed"]
    if breached:
        return GateVerdict(
            decision="turned away", reason=_told("worse", breached), calls=calls, findings=findings
        )
    if findings and not unproved:
        return GateVerdict(
            decision="passed", reason=f"no worse in {_names(findings)}", calls=calls, findings=findings
        )
    if calls >= tolerances.most_calls:
        reason = _told(f"not proved within {tolerances.most_calls} calls", unproved)
        return GateVerdict(decision="turned away", reason=reason, calls=calls, findings=findings)
    return GateVerdict(
        decision="open",
        reason=f"still open: {_names(unproved)}" if findings else "nothing is compared",
        calls=calls,
        findings=findings,
    )


def _finding(measure: Measure, strata: Sequence[Stratum], tolerances: Tolerances) -> Finding:
    tolerance = tolerances.of(measure)
    assert tolerance is not None
    pairs = [
        (candidate, live)
        for candidate, live in ((getattr(s.candidate, measure), getattr(s.live, measure)) for s in strata)
        if candidate is not None and live is not None
    ]
    taken = sum(candidate.count for candidate, _ in pairs)
    plain = getattr(tolerances, measure)
    if measure in _SHARES:
        pairs = [_cautious(pair) for pair in pairs]
    found = bounds_of_difference(pairs, alpha=tolerances.alpha, tightest_at=tolerances.most_calls / 2)
    if found is None:
        return Finding(
            measure=measure,
            verdict="no data",
            difference=None,
            low=None,
            high=None,
            tolerance=plain,
            calls=taken,
        )
    shown = found if measure in _SHARES else _relative(found)
    return Finding(
        measure=measure,
        verdict="open" if taken < tolerances.enough_calls else _verdict(measure, found, tolerance),
        difference=shown.difference,
        low=shown.low,
        high=shown.high,
        tolerance=plain,
        calls=taken,
    )


def _verdict(measure: Measure, found: Bounds, tolerance: float) -> Verdict:
    # How much worse: less quality is worse, more of all else is.
    least, most = (-found.high, -found.low) if measure == "quality" else (found.low, found.high)
    if least > 0:
        return "breached"
    return "passed" if most < tolerance else "open"


def _cautious(pair: tuple[Side, Side]) -> tuple[Side, Side]:
    """Shares of few calls look less scattered than they are: one more of each, and the wider of both."""
    smoothed = [smoothed_share(side) for side in pair]
    widest = max(side.variance for side in smoothed)
    candidate, live = smoothed
    return Side(candidate.count, candidate.mean, widest), live


def _relative(found: Bounds) -> Bounds:
    return Bounds(math.expm1(found.difference), math.expm1(found.low), math.expm1(min(found.high, 700)))


def _names(findings: Iterable[Finding]) -> str:
    return ", ".join(finding.measure for finding in findings)


def _told(what: str, findings: Iterable[Finding]) -> str:
    return f"{what}: " + "; ".join(
        f"{one.measure} no data"
        if one.difference is None or one.low is None or one.high is None
        else f"{one.measure} {one.difference:+.1%} ({one.low:+.1%} to {one.high:+.1%})"
        for one in findings
    )
