"""Where several readers of one document agree and differ, field by field (GF-27, GF-58)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from watchkeeper.evaluation.comparison import same_value


class Agreement(StrEnum):
    """What the readers' answers for one field say of each other."""

    AGREE = "agree"
    DIFFER = "differ"
    MISSING = "missing"
    """At least one reader found the field and at least one did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldAgreement:
    """One field, with every reader's answer under the reader's own name."""

    field: str
    values: Mapping[str, object]
    """By reader; None when the reader did not find it."""
    verdict: Agreement


def compare_readers(
    answers: Mapping[str, Mapping[str, object]], *, ignored: Collection[str] = ()
) -> tuple[FieldAgreement, ...]:
    """The union of all readers' fields, each with every reader's value and the verdict.

    Args:
        answers: Value by field, by reader; a field a reader did not find is absent or None.
        ignored: Words that do not tell names apart, such as legal forms.
    """
    fields = sorted(
        {field for found in answers.values() for field, value in found.items() if value is not None}
    )
    rows = []
    for name in fields:
        values = {reader: found.get(name) for reader, found in answers.items()}
        rows.append(FieldAgreement(field=name, values=values, verdict=_verdict(values, ignored)))
    return tuple(rows)


def agreement_rate(rows: Collection[FieldAgreement]) -> float | None:
    """The share of fields, 0 to 1, on which all readers agree; None without fields or with one reader."""
    counted = [row for row in rows if len(row.values) > 1]
    if not counted:
        return None
    return sum(row.verdict is Agreement.AGREE for row in counted) / len(counted)


def _verdict(values: Mapping[str, object], ignored: Collection[str]) -> Agreement:
    if any(value is None for value in values.values()):
        return Agreement.MISSING
    first, *others = values.values()
    return (
        Agreement.AGREE
        if all(same_value(first, other, ignored=ignored) for other in others)
        else Agreement.DIFFER
    )
