"""One value for each field from any number of readers, and why it is the one."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from watchkeeper.evaluation.comparison import as_number, normal_name, same_value
from watchkeeper.workloads.annual_reports.reading import FieldReading, FieldValue

ROUNDING_SEK = 2
"""Amounts this close are one amount: reports print sums that differ by a krona from their parts."""

AGREED_MISS = 0.35
"""Share of the remaining doubt that stays when two readers agree: they can be wrong together."""

ALONE = 0.85
"""A reading only one reader has keeps this share of its confidence."""

DISPUTED = 0.6
"""The stronger of two differing readings keeps this share of its confidence."""

TOO_WEAK = 0.3
"""Below this confidence a lone or disputed reading is no answer: a blank is more honest."""


class Verdict(StrEnum):
    """How the readers stand to each other on a field."""

    AGREED = "agreed"
    MAJORITY = "majority"
    ALONE = "alone"
    DISPUTED = "disputed"
    CORRECTED = "corrected"
    """Arithmetic decided against what the readers' confidence said."""
    DERIVED = "derived"
    """No reader found it; it follows from other fields."""
    NOT_FOUND = "not_found"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What was decided for one field."""

    field: str
    value: FieldValue | None
    page: int | None
    confidence: float | None
    """0 to 1; None without a value."""
    verdict: Verdict
    why: str
    readings: Mapping[str, FieldReading]
    """What each reader said, by reader; one that found nothing is absent."""


def decide(
    field: str,
    readings: Mapping[str, FieldReading],
    *,
    readers: int,
    ignored: Collection[str] = (),
) -> Decision:
    """The consensus on one field.

    Args:
        field: Output key.
        readings: By reader; readers that found nothing are absent.
        readers: How many readers looked.
        ignored: Words that do not tell names apart.
    """
    if not readings:
        return Decision(
            field=field,
            value=None,
            page=None,
            confidence=None,
            verdict=Verdict.NOT_FOUND,
            why="no reader found it",
            readings={},
        )
    camps = _camps(readings, ignored)
    best = camps[0]
    lead = readings[best[0]]
    names = " and ".join(best)
    if len(best) > 1:
        verdict = Verdict.AGREED if len(camps) == 1 else Verdict.MAJORITY
        confidence = _together([readings[name].confidence for name in best])
        why = f"{names} agree" if len(camps) == 1 else f"{names} agree against {_others(camps)}"
        if len(camps) > 1:
            confidence *= ALONE
    elif len(camps) == 1:
        verdict, confidence = Verdict.ALONE, lead.confidence * (ALONE if readers > 1 else 1.0)
        why = f"only {names} found it"
    else:
        verdict, confidence = Verdict.DISPUTED, lead.confidence * DISPUTED
        why = f"{names} is surer ({lead.confidence:.2f}) than {_others(camps)}"
    chosen = Decision(
        field=field,
        value=_fullest(readings, best),
        page=lead.page,
        confidence=round(confidence, 3),
        verdict=verdict,
        why=why,
        readings=readings,
    )
    if verdict in (Verdict.ALONE, Verdict.DISPUTED) and confidence < TOO_WEAK:
        return replace(chosen, value=None, page=None, confidence=None, why=f"{why}; too weak to be an answer")
    return chosen


def same_reading(one: object, other: object, *, ignored: Collection[str] = ()) -> bool:
    """Whether two readers say the same, to the krona rather than to 1 %: a near miss is a miss here."""
    a, b = as_number(one), as_number(other)
    if a is not None and b is not None:
        return abs(a - b) <= ROUNDING_SEK if max(abs(a), abs(b)) >= 10_000 else a == b
    return same_value(one, other, ignored=ignored)


def _camps(readings: Mapping[str, FieldReading], ignored: Collection[str]) -> list[list[str]]:
    """Readers grouped by what they say, the strongest group first."""
    camps: list[list[str]] = []
    for name, reading in readings.items():
        for camp in camps:
            if same_reading(readings[camp[0]].value, reading.value, ignored=ignored):
                camp.append(name)
                break
        else:
            camps.append([name])
    for camp in camps:
        camp.sort(key=lambda name: (-readings[name].confidence, name))
    return sorted(camps, key=lambda camp: (-len(camp), -readings[camp[0]].confidence, camp[0]))


def _together(confidences: list[float]) -> float:
    """The confidence of readers that agree: each further one takes most of the doubt away."""
    strongest, *others = sorted(confidences, reverse=True)
    doubt = 1.0 - strongest
    for other in others:
        doubt *= 1.0 - other * (1.0 - AGREED_MISS)
    return 1.0 - doubt


def _fullest(readings: Mapping[str, FieldReading], camp: list[str]) -> FieldValue:
    """Of texts that say the same, the one that says most: 'KPMG AB' rather than 'KPMG'."""
    values = [readings[name].value for name in camp]
    texts = [value for value in values if isinstance(value, str)]
    return max(texts, key=lambda text: len(normal_name(text))) if len(texts) == len(values) else values[0]


def _others(camps: list[list[str]]) -> str:
    return " and ".join(name for camp in camps[1:] for name in camp)
