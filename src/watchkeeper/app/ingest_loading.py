"""Loading the ingest log into telemetry, counted and logged."""

from watchkeeper.adapters.ingest_log.reader import LogReader
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.telemetry.ingest_loading import IngestLoader, LoadReport
from watchkeeper.telemetry.ingest_preparing import Preparer

_MUCH = 2_000
"""Rows of one round that are worth another at once; a commit of few costs several times as much a row."""
_ROUNDS = 8
"""In one turn at most: the server may want to end."""


class IngestLoading:
    """Reads on where telemetry says the reading ended; safe to run again at any point."""

    def __init__(self, services: Services, state: ServerState, preparer: Preparer) -> None:
        self._loader = IngestLoader(
            preparer, services.telemetry, delete=LogReader(services.data_dir / "ingest").delete
        )
        self._log = state.log
        self._rows = state.metrics.counter(
            "watchkeeper_ingest_loaded_total", "Rows loaded into telemetry, by kind and what became of them."
        )
        self._cut = state.metrics.counter(
            "watchkeeper_ingest_load_cut_total", "What was left out of rows while loading, by reason."
        )
        self._unreadable = state.metrics.counter(
            "watchkeeper_ingest_unreadable_total", "Stretches of the ingest log that could not be read."
        )

    def turn(self) -> LoadReport:
        """Load everything that is there now; where much of it came while loading, at once again.

        A pause then would only let more of it wait: at 8,000 spans a second half a second's worth is
        seen a second later.
        """
        for _ in range(_ROUNDS):
            report = self._round()
            if report.rows < _MUCH:
                break
        return report

    def _round(self) -> LoadReport:
        """Load once; rows and position stand in one transaction."""
        report = self._loader.run_once()
        for result in report.results:
            for kind, taken in result.by_kind().items():
                for outcome, count in (
                    ("stored", taken.stored),
                    ("duplicate", taken.duplicates),
                    ("conflict", taken.conflicts),
                ):
                    if count:
                        self._rows.add(count, {"kind": kind, "outcome": outcome})
            for refused in result.refused:
                self._rows.add(1, {"kind": refused.kind, "outcome": refused.reason})
                self._log.warning("row refused", kind=refused.kind, reason=refused.message)
        for reason, count in report.cuts.items():
            self._cut.add(count, {"reason": reason})
        for line in report.unreadable:
            self._unreadable.add(1)
            self._log.warning("request skipped", file=line.file, offset=line.offset, reason=line.reason)
        return report
