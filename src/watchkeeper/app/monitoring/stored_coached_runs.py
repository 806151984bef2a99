"""The history of coaching as the stores keep it: rounds, and what readers made of the same documents."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import fmean

from watchkeeper.app.services import Services
from watchkeeper.coaching.decision import GOLDEN_FROM
from watchkeeper.coaching.records import RoundRow
from watchkeeper.domain.run import CONSENSUS, ItemResult
from watchkeeper.evaluation.agreement import agreement_rate, compare_readers
from watchkeeper.monitoring.criteria.coached_history import CoachedDocument, CoachedHistory, PlannedPhase

_EVER = timedelta(days=400)
_TRUTH = "truth"
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
        ended = {item: rows for item, rows in items.items() if since < rows[-1].created_at <= until}
        agreement = self._agreement(list(ended))
        documents = [self._document(item, rows, agreement.get(item)) for item, rows in ended.items()]
        return CoachedHistory(
            documents=tuple(sorted(documents, key=lambda one: one.at)),
            plan=self._plan,
            began_at=ever[0].created_at if ever else None,
        )

    def _document(self, item: _Item, rows: Sequence[RoundRow], agreement: float | None) -> CoachedDocument:
        last = {row.session_id: row for row in rows}.values()
        true = [row.accuracy for row in last if row.basis == _TRUTH]
        read = self._read(item)
        return CoachedDocument(
            at=rows[-1].created_at,
            accuracy=fmean(true) if true else None,
            # The agents learn side by side: a document took as many rounds as the longest of them.
            rounds=max(row.round for row in last),
            golden=any(accuracy >= GOLDEN_FROM for accuracy in true),
            agreement=agreement,
            seconds=0.0 if read is None else read.processing_ms / 1000,
            pages=0 if read is None else read.pages,
            critical_error=None if read is None or read.error is None else str(read.error.get("code")),
        )

    def _read(self, item: _Item) -> ItemResult | None:
        run_id, document = item
        found = self._services.results.of_item(run_id, document)
        return next((one for one in found if one.model == CONSENSUS), None)

    def _agreement(self, items: Sequence[_Item]) -> Mapping[_Item, float]:
        answers: dict[_Item, dict[str, Mapping[str, object]]] = defaultdict(dict)
        for one in self._services.results.reader_values(items):
            answers[one.run_id, one.document][one.model] = one.values
        rates = {
            item: agreement_rate(compare_readers(values, ignored=self._ignored))
            for item, values in answers.items()
        }
        return {item: rate for item, rate in rates.items() if rate is not None}
