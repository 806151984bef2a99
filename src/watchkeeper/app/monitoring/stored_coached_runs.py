"""The history of coaching as the stores keep it: rounds, and what readers made of documents."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean

from watchkeeper.app.services import Services
from watchkeeper.coaching.decision import GOLDEN_FROM
from watchkeeper.coaching.records import RoundRow
from watchkeeper.domain.run import CONSENSUS
from watchkeeper.evaluation.agreement import agreement_rate, compare_readers
from watchkeeper.monitoring.criteria.coached_history import (
    CoachedDocument,
    CoachedHistory,
    PlannedPhase,
    ReadDocument,
)

_EVER = timedelta(days=400)
_TRUTH = "truth"
_READINGS = 2_000
"""Documents read, the newest: criteria of a day ask for no more."""
_Item = tuple[str, str]


class StoredCoachedRuns:
    """`CoachedRuns` over the stores of a server."""

    def __init__(self, services: Services, *, ignored: Collection[str], plan: Sequence[PlannedPhase]) -> None:
        """Read from the stores.

        Args:
            services: The stores.
            ignored: Words that do not tell names apart.
            plan: That holds.
        """
        self._services = services
        self._ignored = ignored
        self._plan = tuple(plan)

    def history(self, workload: str, *, since: datetime, until: datetime) -> CoachedHistory:
        """See `CoachedRuns.history`."""
        ever = self._services.coaching.rounds(workload, since=until - _EVER)
        items: dict[_Item, list[RoundRow]] = defaultdict(list)
        for row in ever:
            items[row.run_id, row.document].append(row)
        ended = [rows for rows in items.values() if since < rows[-1].created_at <= until]
        return CoachedHistory(
            documents=tuple(sorted(map(_coached, ended), key=lambda one: one.at)),
            readings=self._readings(workload, since, until),
            plan=self._plan,
            began_at=ever[0].created_at if ever else None,
        )

    def _readings(self, workload: str, since: datetime, until: datetime) -> tuple[ReadDocument, ...]:
        newest = self._services.results.newest(_READINGS, workload=workload, model=CONSENSUS)
        found = [one for one in newest if since < one.created_at <= until]
        agreement = self._agreement([(one.run_id, one.document) for one in found])
        return tuple(
            ReadDocument(
                at=one.created_at,
                agreement=agreement.get((one.run_id, one.document)),
                seconds=one.processing_ms / 1000,
                pages=one.pages,
                # A scan without OCR is told, and is no failure of the system.
                critical_error=str((one.error or {}).get("code")) if one.status == "error" else None,
            )
            for one in reversed(found)
        )

    def _agreement(self, items: Sequence[_Item]) -> Mapping[_Item, float]:
        answers: dict[_Item, dict[str, Mapping[str, object]]] = defaultdict(dict)
        for one in self._services.results.reader_values(items):
            answers[one.run_id, one.document][one.model] = one.values
        rates = {
            item: agreement_rate(compare_readers(values, ignored=self._ignored))
            for item, values in answers.items()
        }
        return {item: rate for item, rate in rates.items() if rate is not None}


def _coached(rows: Sequence[RoundRow]) -> CoachedDocument:
    """A document by its rounds, oldest first."""
    last = {row.session_id: row for row in rows}.values()
    true = [row.accuracy for row in last if row.basis == _TRUTH]
    return CoachedDocument(
        at=rows[-1].created_at,
        accuracy=fmean(true) if true else None,
        # The agents learn side by side: a document took as many rounds as the longest of them.
        rounds=max(row.round for row in last),
        golden=any(accuracy >= GOLDEN_FROM for accuracy in true),
    )
