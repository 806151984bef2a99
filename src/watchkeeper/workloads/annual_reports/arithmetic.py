"""Checks by sums: assets = equity + liabilities, debt = long-term + short-term.

A sum that holds raises the confidence of everything in it; one that fails lowers it, and where one
reader's values make the sums hold and the other's do not, the sums decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import product

from watchkeeper.evaluation.comparison import as_number
from watchkeeper.workloads.annual_reports.consensus import Decision, Verdict

TOLERANCE_SEK = 1_000
"""How far a balance may be off (requirements 2.1.9)."""

TKR_TOLERANCE_SEK = 3_000
"""Likewise in a report of thousands, where each term is rounded."""

HOLDS = 0.98
"""Confidence of a value that makes a sum of others hold: chance agreement is next to none."""

FAILS = 0.8
"""Factor on the confidence of values whose sum fails."""


@dataclass(frozen=True, slots=True)
class Identity:
    """`total` equals the sum of `parts`."""

    total: str
    parts: tuple[str, ...]


BALANCE = Identity("assets", ("equity", "total_debt"))
DEBT = Identity("total_debt", ("long_term_debt", "short_term_debt"))
IDENTITIES = (BALANCE, DEBT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SumCheck:
    """How one identity came out."""

    identity: Identity
    holds: bool | None
    """None when a term is missing: not checked."""
    difference: float | None


def check_sums(decisions: Mapping[str, Decision]) -> tuple[dict[str, Decision], tuple[SumCheck, ...]]:
    """Decisions corrected, derived and re-weighed by the sums, and how each sum came out."""
    found = dict(decisions)
    for field, value in _best_choice(found).items():
        found[field] = _corrected(found[field], value)
    _derive_debt(found)
    checks = tuple(_check(found, identity) for identity in IDENTITIES)
    for check in checks:
        _weigh(found, check)
    return found, checks


def _candidates(decision: Decision) -> list[float]:
    values = [decision.value, *(reading.value for reading in decision.readings.values())]
    numbers = [number for number in map(as_number, values) if number is not None]
    return list(dict.fromkeys(numbers))


def _pools(found: Mapping[str, Decision]) -> dict[str, list[float]]:
    """What each term may be: what a reader said, and a total debt that two sums agree on."""
    terms = dict.fromkeys(name for one in IDENTITIES for name in (one.total, *one.parts))
    pools = {name: _candidates(found[name]) for name in terms if name in found}
    by_parts = [sum(parts) for parts in product(*(pools.get(part, []) for part in DEBT.parts))]
    by_balance = [a - e for a, e in product(pools.get(BALANCE.total, []), pools.get("equity", []))]
    confirmed = [debt for debt in by_parts if any(abs(debt - other) <= TOLERANCE_SEK for other in by_balance)]
    if DEBT.total in pools:
        pools[DEBT.total] = list(dict.fromkeys([*pools[DEBT.total], *confirmed]))
    return pools


def _best_choice(found: Mapping[str, Decision]) -> dict[str, float]:
    """The values that make most sums hold, changing as few decisions as can be."""
    pools = _pools(found)
    chosen: dict[str, float] = {}
    best = (0, 0)
    open_pools: list[list[float | None]] = [list(pool) or [None] for pool in pools.values()]
    for combination in product(*open_pools):
        values = dict(zip(pools, combination, strict=True))
        held = sum(_holds(values, identity) is True for identity in IDENTITIES)
        changed = sum(value != as_number(found[field].value) for field, value in values.items())
        if held and (not chosen or (held, -changed) > best):
            best = (held, -changed)
            chosen = {field: value for field, value in values.items() if value is not None}
    return chosen


def _holds(values: Mapping[str, float | None], identity: Identity) -> bool | None:
    difference = _difference(values, identity)
    return None if difference is None else abs(difference) <= _tolerance(values, identity)


def _difference(values: Mapping[str, float | None], identity: Identity) -> float | None:
    total = values.get(identity.total)
    parts = [values.get(part) for part in identity.parts]
    if total is None or any(part is None for part in parts):
        return None
    return total - sum(part for part in parts if part is not None)


def _tolerance(values: Mapping[str, float | None], identity: Identity) -> int:
    terms = [values.get(name) for name in (identity.total, *identity.parts)]
    in_thousands = all(term is None or term % 1000 == 0 for term in terms)
    return TKR_TOLERANCE_SEK if in_thousands else TOLERANCE_SEK


def _corrected(decision: Decision, value: float) -> Decision:
    if decision.value is not None and as_number(decision.value) == value:
        return decision
    for name, reading in decision.readings.items():
        if as_number(reading.value) == value:
            return replace(
                decision,
                value=reading.value,
                page=reading.page,
                confidence=reading.confidence,
                verdict=Verdict.CORRECTED,
                why=f"{name}'s value makes the sums hold, {decision.value} does not",
            )
    verdict = Verdict.DERIVED if decision.value is None else Verdict.CORRECTED
    return replace(
        decision, value=int(value), confidence=HOLDS, verdict=verdict, why="the other terms' sums agree on it"
    )


def _derive_debt(found: dict[str, Decision]) -> None:
    """A total debt nobody found: the sum of its parts, or the one part that balances the books."""
    if DEBT.total not in found or found[DEBT.total].value is not None:
        return
    parts = {name: found[name] for name in DEBT.parts if name in found and found[name].value is not None}
    amounts = [number for number in (as_number(part.value) for part in parts.values()) if number is not None]
    if not amounts:
        return
    balance = {name: as_number(found[name].value) if name in found else None for name in ("assets", "equity")}
    balances = _holds({**balance, DEBT.total: sum(amounts)}, BALANCE) is True
    if len(parts) < len(DEBT.parts) and not balances:
        return
    sure = HOLDS if balances else min(part.confidence or 0.0 for part in parts.values())
    found[DEBT.total] = replace(
        found[DEBT.total],
        value=int(sum(amounts)),
        page=next(iter(parts.values())).page,
        confidence=sure,
        verdict=Verdict.DERIVED,
        why=f"{' + '.join(parts)}{', which balances the books' if balances else ''}",
    )


def _check(found: Mapping[str, Decision], identity: Identity) -> SumCheck:
    values = {
        name: as_number(found[name].value) if name in found else None
        for name in (identity.total, *identity.parts)
    }
    return SumCheck(
        identity=identity, holds=_holds(values, identity), difference=_difference(values, identity)
    )


def _weigh(found: dict[str, Decision], check: SumCheck) -> None:
    if check.holds is None:
        return
    for name in (check.identity.total, *check.identity.parts):
        decision = found[name]
        confidence = decision.confidence or 0.0
        if check.holds and decision.verdict is not Verdict.DERIVED:
            confidence = max(confidence, HOLDS)
        elif not check.holds:
            confidence *= FAILS
        note = "holds" if check.holds else f"is off by {check.difference:,.0f}"
        parts = " + ".join(check.identity.parts)
        found[name] = replace(
            decision,
            confidence=round(confidence, 3),
            why=f"{decision.why}; {check.identity.total} = {parts} {note}",
        )
