"""A document's result as its page shows it: every field with its verdict, its readers and its places."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from watchkeeper.domain.run import CONSENSUS

_DIFFERENCES = frozenset({"differ", "missing"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reader saw a field's value, in points from the page's top left corner."""

    reader: str
    page: int
    x0: float
    top: float
    x1: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportField:
    """One field of a document."""

    name: str
    value: Any
    page: int | None
    confidence: float | None
    why: str
    verdict: str | None
    """What the readers' answers say of each other; None when no reader found the field."""
    values: Mapping[str, Any]
    """By reader."""
    readings: Mapping[str, Mapping[str, Any]]
    """By reader, with page, confidence, text as printed and rule."""

    @property
    def is_found(self) -> bool:
        """Whether any reader found it, or the consensus derived it."""
        return self.value is not None or self.verdict is not None

    @property
    def is_difference(self) -> bool:
        """Whether the readers do not all say the same."""
        return self.verdict in _DIFFERENCES

    @property
    def places(self) -> tuple[Place, ...]:
        """Where it was seen; a reader of text alone tells no place."""
        return tuple(
            Place(reader=reader, page=reading["page"], **reading["box"])
            for reader, reading in self.readings.items()
            if reading.get("box") is not None
        )

    @property
    def first_page(self) -> int | None:
        """The page to open for it: the consensus's, else the first a reader names."""
        return self.page or next((reading["page"] for reading in self.readings.values()), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportView:
    """One document of one run."""

    run_id: str
    name: str
    workload: str
    status: str
    error: Mapping[str, Any] | None
    sha256: str | None
    pages: int
    readers: tuple[str, ...]
    agreement: float | None
    fields: Mapping[str, ReportField]
    """In the workload's order; what nobody found stands last."""
    data: Mapping[str, Any] = field(repr=False)
    """All that is kept of the consensus."""


def report_view(results: Sequence[Mapping[str, Any]], compared: Mapping[str, Any]) -> ReportView:
    """A document's result from the API's two answers about it.

    Args:
        results: What every model made of the document; at least one.
        compared: The readers' fields beside each other.
    """
    item = next((one for one in results if one["model"] == CONSENSUS), results[0])
    rows = {row["field"]: row for row in compared["fields"]}
    decided = item["data"].get("fields", {})
    names = (*decided, *(name for name in rows if name not in decided))
    fields = [_field(name, decided.get(name, {}), rows.get(name)) for name in names]
    return ReportView(
        run_id=item["run_id"],
        name=item["document"],
        workload=item["workload"],
        status=item["status"],
        error=item["error"],
        sha256=item["document_sha256"],
        pages=item["pages"],
        readers=tuple(compared["readers"]),
        agreement=compared["agreement"],
        fields={one.name: one for one in sorted(fields, key=lambda one: not one.is_found)},
        data=item["data"],
    )


def _field(name: str, decided: Mapping[str, Any], row: Mapping[str, Any] | None) -> ReportField:
    return ReportField(
        name=name,
        value=decided.get("value"),
        page=decided.get("page"),
        confidence=decided.get("confidence"),
        why=decided.get("why") or "",
        verdict=None if row is None else row["verdict"],
        values={} if row is None else row["values"],
        readings=decided.get("readings") or {},
    )
