"""The verification voyage: four tests that everything a morning needs is there and works (GF-08).

Source:
    Requirements 2.1.6: all four passed is excellent, three quarters good, half the minimum, less has failed.
    Every duration is measured; nothing here waits or assumes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

Level = Literal["excellent", "good", "minimum", "failed"]
MINIMUM_PATTERNS = 29
"""What the source loads."""
SUPPLIERS = "suppliers_vendors"
READERS = 2
"""Twins: with one of them missing a run is degraded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VoyageFacts:
    """What the tests judge, and how long gathering each part took, in seconds by the test's name."""

    documents: int | None
    """In the corpus; None when the state did not answer."""
    patterns: Mapping[str, int]
    """Words agents look for, by agent."""
    phase: str | None
    """The coach's; None when it does not start."""
    self_check: Sequence[str]
    """Decisions of the coach that are not what its rules say; none: it checked itself."""
    agents: frozenset[str]
    """Of the roster."""
    receipts: Mapping[str, frozenset[str]]
    """Agents that left a receipt on the trial document, by reader."""
    trial: str | None
    """The status of the trial document; None when it could not be read at all."""
    fields: int
    """Found in it."""
    seconds: Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoyageTest:
    """One test and how it came out."""

    name: str
    passed: bool
    found: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Voyage:
    """The four tests."""

    level: Level
    passed: int
    tests: tuple[VoyageTest, ...]
    seconds: float
    mode: Literal["full", "degraded"]
    """Degraded: one of the twins did not read."""


def judge_voyage(facts: VoyageFacts) -> Voyage:
    """The voyage the facts make."""
    tests = (
        _database(facts),
        _patterns(facts),
        _coach(facts),
        _integration(facts),
    )
    passed = sum(test.passed for test in tests)
    reading = [reader for reader, agents in facts.receipts.items() if agents]
    return Voyage(
        level=_level(passed / len(tests)),
        passed=passed,
        tests=tests,
        seconds=sum(test.seconds for test in tests),
        mode="full" if len(reading) >= READERS else "degraded",
    )


def _level(share: float) -> Level:
    if share >= 1:
        return "excellent"
    if share >= 0.75:
        return "good"
    return "minimum" if share >= 0.5 else "failed"


def _database(facts: VoyageFacts) -> VoyageTest:
    found = "the state does not answer" if facts.documents is None else f"{facts.documents} documents"
    return _test(facts, "database", bool(facts.documents), found)


def _patterns(facts: VoyageFacts) -> VoyageTest:
    total, suppliers = sum(facts.patterns.values()), facts.patterns.get(SUPPLIERS, 0)
    passed = total >= MINIMUM_PATTERNS and suppliers > 0
    return _test(facts, "patterns", passed, f"{total} patterns, {suppliers} of suppliers")


def _coach(facts: VoyageFacts) -> VoyageTest:
    if facts.phase is None:
        return _test(facts, "coach", False, "the coach does not start")
    told = f"phase {facts.phase}; " + (
        f"decides wrongly: {'; '.join(facts.self_check)}" if facts.self_check else "it decides by its rules"
    )
    return _test(facts, "coach", not facts.self_check, told)


def _integration(facts: VoyageFacts) -> VoyageTest:
    if facts.trial is None:
        return _test(facts, "integration", False, "the trial document could not be read")
    lacking = {
        f"{reader} without {', '.join(sorted(facts.agents - agents))}"
        for reader, agents in facts.receipts.items()
        if facts.agents - agents
    }
    complete = bool(facts.receipts) and not lacking and facts.trial == "ok" and facts.fields > 0
    told = (
        f"{len(facts.agents)} agents by {len(facts.receipts)} readers, {facts.fields} fields, {facts.trial}"
    )
    return _test(facts, "integration", complete, "; ".join([told, *sorted(lacking)]))


def _test(facts: VoyageFacts, name: str, passed: bool, found: str) -> VoyageTest:
    return VoyageTest(name=name, passed=passed, found=found, seconds=facts.seconds.get(name, 0.0))
