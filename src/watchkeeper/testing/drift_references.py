"""References of drift in memory, under one contract with those in PostgreSQL."""

from datetime import datetime

from watchkeeper.monitoring.drift.reference import DriftReference, ReferenceFacts
from watchkeeper.monitoring.drift.table_drift import Table


class InMemoryReferences:
    """A `ReferenceStore` in memory."""

    def __init__(self) -> None:
        self._kept: dict[str, list[DriftReference]] = {}

    def add(
        self, *, name: str, workload: str | None, source: str, table: Table, made_at: datetime
    ) -> ReferenceFacts:
        """See `ReferenceStore.add`."""
        versions = self._kept.setdefault(name, [])
        facts = ReferenceFacts(
            name=name,
            version=len(versions) + 1,
            workload=workload,
            source=source,
            rows=len(next(iter(table.values()), ())),
            columns=tuple(table),
            made_at=made_at,
        )
        kept = {column: list(values) for column, values in table.items()}
        versions.append(DriftReference(facts=facts, table=kept))
        return facts

    def get(self, name: str, version: int | None = None) -> DriftReference | None:
        """See `ReferenceStore.get`."""
        versions = self._kept.get(name, [])
        if version is None:
            return versions[-1] if versions else None
        return versions[version - 1] if 0 < version <= len(versions) else None

    def facts(self) -> tuple[ReferenceFacts, ...]:
        """See `ReferenceStore.facts`."""
        return tuple(one.facts for name in sorted(self._kept) for one in reversed(self._kept[name]))
