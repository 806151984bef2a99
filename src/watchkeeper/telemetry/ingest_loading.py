"""From the ingest log into the store: rows and the position they came from in one transaction."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field, replace

from watchkeeper.domain.span import Span
from watchkeeper.telemetry.append_result import AppendResult
from watchkeeper.telemetry.ingest_preparing import Prepared, Preparer
from watchkeeper.telemetry.minutes import instant_of
from watchkeeper.telemetry.ports import SpanStore, UnreadableLine


@dataclass(slots=True)
class LoadReport:
    """What one round of loading did."""

    requests: int = 0
    rows: int = 0
    commits: int = 0
    results: list[AppendResult] = field(default_factory=list)
    cuts: dict[str, int] = field(default_factory=dict)
    unreadable: list[UnreadableLine] = field(default_factory=list)


class IngestLoader:
    """Loads what is new; safe to kill at any moment and to run again.

    The store alone remembers how far each segment was read, in the transaction that stored its rows, so a
    restart neither loses a row nor counts one twice.
    """

    def __init__(self, preparer: Preparer, store: SpanStore, *, delete: Callable[[str], None]) -> None:
        """Say what is loaded whereto.

        Args:
            preparer: Where rows come from.
            store: Where they go.
            delete: Lets go of a segment that is loaded; safe to repeat.
        """
        self._preparer = preparer
        self._store = store
        self._delete = delete

    def run_once(self) -> LoadReport:
        """Load what is there now.

        Raises:
            StorageFullError: The store or the content store takes nothing more; what was loaded stays.
            UnavailableError: One of them failed, or whoever prepares; likewise.
        """
        report = LoadReport()
        # Closed at once where a commit fails: what was prepared beyond it is then prepared anew.
        with closing(self._preparer.prepared(self._store.positions())) as prepared:
            for one in prepared:
                self._commit(one, report)
        return report

    def _commit(self, prepared: Prepared, report: LoadReport) -> None:
        batch = replace(prepared.rows, spans=tuple([Span(**columns) for columns in prepared.spans]))
        result = self._store.append(
            batch,
            received_at=instant_of(prepared.received_ns),
            positions=prepared.positions,
            unreadable=prepared.unreadable,
        )
        for segment in prepared.ended:
            self._delete(segment)
        report.requests += prepared.requests
        report.rows += len(batch)
        report.commits += 1
        report.results.append(result)
        report.unreadable += prepared.unreadable
        for reason, count in prepared.cuts.items():
            report.cuts[reason] = report.cuts.get(reason, 0) + count
