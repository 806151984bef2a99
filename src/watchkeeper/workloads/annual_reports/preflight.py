"""The pre-flight: what must hold before a production run, every failure named (GF-46 to GF-52).

Codes are those of requirements 2.1.5 where it has one; they are stable and distinct.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from watchkeeper.evaluation.canaries import CheckedCanary, Verdict, all_green
from watchkeeper.evaluation.simulation_scan import Sleep

INVALID_SIMULATION = "INVALID_SIMULATION"
"""How a run is marked when production code sleeps (GF-49)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check of the pre-flight and how it came out."""

    name: str
    code: int
    """What the check is known by in JSON; a failing pre-flight exits with 1 whatever failed."""
    passed: bool
    wanted: str
    found: str
    details: tuple[str, ...] = ()
    """A line for each thing that is not as it should be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the checks judge."""

    documents: int | None
    """None when the state store did not answer."""
    minimum_documents: int
    strict: bool
    json_salvage: bool
    sleeps: tuple[Sleep, ...] | None
    """None when the code could not be scanned."""
    pinned: Mapping[str, str]
    readers: Mapping[str, str]
    """Versions found, by reader."""
    canaries: tuple[CheckedCanary, ...]
    agents: int
    minimum_agents: int


def check_all(facts: Facts) -> tuple[Check, ...]:
    """Every check, also after one has failed."""
    return tuple(check(facts) for check in CHECKS)


def marking(checks: Sequence[Check]) -> str:
    """How a run under these checks is recorded."""
    failed = {check.name for check in checks if not check.passed}
    if "no_simulation" in failed:
        return INVALID_SIMULATION
    return "failed" if failed else "passed"


def database(facts: Facts) -> Check:
    """The state store answers."""
    answers = facts.documents is not None
    found = "answers" if answers else "does not answer"
    return Check(name="database", code=12, passed=answers, wanted="answers", found=found)


def documents_minimum(facts: Facts) -> Check:
    """The corpus is large enough (GF-46)."""
    count = facts.documents
    return Check(
        name="documents_minimum",
        code=13,
        passed=count is not None and count >= facts.minimum_documents,
        wanted=f"{facts.minimum_documents} documents or more",
        found="no data" if count is None else f"{count} documents",
        details=()
        if count is not None and count >= facts.minimum_documents
        else ("add documents with `wk documents add`, or set `workloads.annual-reports.minimum_documents`",),
    )


def models_pinned(facts: Facts) -> Check:
    """Each twin is the version that was pinned (GF-50)."""
    wrong = tuple(
        f"{name}: pinned {version}, found {facts.readers.get(name, 'none')}"
        for name, version in facts.pinned.items()
        if facts.readers.get(name) != version
    )
    return Check(
        name="models_pinned",
        code=15,
        passed=not wrong,
        wanted=_versions(facts.pinned),
        found=_versions(facts.readers),
        details=wrong,
    )


def no_simulation(facts: Facts) -> Check:
    """No production code pretends to work by sleeping (GF-49)."""
    if facts.sleeps is None:
        return Check(
            name="no_simulation", code=16, passed=False, wanted="no sleep", found="could not be scanned"
        )
    lines = tuple(
        f"{one.file}:{one.line} {one.call} in {one.function or 'the module'}" for one in facts.sleeps
    )
    return Check(
        name="no_simulation",
        code=16,
        passed=not lines,
        wanted="no sleep in production code",
        found=f"{len(lines)} found" if lines else "none found",
        details=lines,
    )


def observability_strict(facts: Facts) -> Check:
    """Every call must leave a receipt (GF-47)."""
    return Check(
        name="observability_strict",
        code=17,
        passed=facts.strict,
        wanted="OBS_STRICT = 1",
        found=f"OBS_STRICT = {int(facts.strict)}",
    )


def json_salvage_off(facts: Facts) -> Check:
    """Broken JSON is a failure, never mended (GF-48)."""
    return Check(
        name="json_salvage_off",
        code=18,
        passed=not facts.json_salvage,
        wanted="JSON_SALVAGE = 0",
        found=f"JSON_SALVAGE = {int(facts.json_salvage)}",
    )


def canary(facts: Facts) -> Check:
    """The canary documents are read correctly (GF-51)."""
    wrong = tuple(
        f"{one.check.document} {one.check.field}: {one.verdict}, expected {one.check.expected}, "
        f"got {'no data' if one.got is None else one.got}"
        for one in facts.canaries
        if one.verdict is not Verdict.PASS
    )
    passed = sum(one.verdict is Verdict.PASS for one in facts.canaries)
    return Check(
        name="canary",
        code=21,
        passed=all_green(facts.canaries),
        wanted="every check passes",
        found=f"{passed} of {len(facts.canaries)} pass",
        details=wrong,
    )


def instructions(facts: Facts) -> Check:
    """The registry of instructions is there (requirements 2.1.5)."""
    return Check(
        name="instructions",
        code=22,
        passed=facts.agents >= facts.minimum_agents,
        wanted=f"{facts.minimum_agents} agents or more",
        found=f"{facts.agents} agents",
    )


CHECKS: tuple[Callable[[Facts], Check], ...] = (
    database,
    documents_minimum,
    observability_strict,
    json_salvage_off,
    no_simulation,
    models_pinned,
    instructions,
    canary,
)
"""In the order an operator reads them."""


def _versions(versions: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {version}" for name, version in sorted(versions.items())) or "none"
