"""What calls of a release came to, from telemetry: the newest counted calls, and how they were judged."""

import math
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from watchkeeper.domain.evaluation_result import EvaluationResult
from watchkeeper.domain.span import Span
from watchkeeper.releases.gate import Record
from watchkeeper.statistics.always_valid import Side
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.row_filters import EvaluationFilter
from watchkeeper.telemetry.span_filter import SpanFilter

_JUDGED = 20_000
"""Evaluations read at once."""
_PAGES = 20
"""So often at most in one look: quality is of the calls whose verdicts were among these."""
LEAST_COST = 1e-6
"""US dollars. What costs less counts as this, for what is free has no logarithm: calls that are free on both
sides pass, and dear ones beside free ones are worse."""

MOST_UNPRICED = 0.05
"""Share of answered calls of unknown price beyond which a release's cost is no data."""


class TelemetryEvidence:
    """`ReleaseEvidence` over the telemetry store."""

    def __init__(self, store: TelemetryStore, *, evaluation: str) -> None:
        """Read from a store.

        Args:
            store: The store.
            evaluation: The evaluation whose values are the quality, from 0 to 1.
        """
        self._store = store
        self._evaluation = evaluation

    def record(
        self, workload: str, release_id: str, *, since: datetime, until: datetime | None, most_calls: int
    ) -> Record:
        """See `ReleaseEvidence.record`."""
        since_ns, until_ns = ns_of(since), None if until is None else ns_of(until)
        calls = self._store.newest(
            SpanFilter(
                workload=workload,
                release=release_id,
                since_ns=since_ns,
                until_ns=until_ns,
                counted_only=True,
                cached=False,
            ),
            most_calls,
        )
        return Record(
            calls=len(calls),
            quality=_side(self._scores(workload, calls, since_ns)),
            errors=_side(0.0 if call.ok else 1.0 for call in calls),
            # A call that failed at once is no quick one.
            latency=_side(math.log(call.duration_ns) for call in calls if call.ok and call.duration_ns > 0),
            cost=_side(_log_costs(calls)),
        )

    def _scores(self, workload: str, calls: Sequence[Span], since_ns: int) -> list[float]:
        ours = {(call.trace_id, call.span_id) for call in calls}
        if not ours:
            return []
        # Of several verdicts on one call the newest counts; they come newest first.
        newest: dict[tuple[str, str], float] = {}
        for one in self._judged(workload, since_ns):
            key = (one.trace_id or "", one.span_id or "")
            if key in ours and one.value is not None and 0 <= one.value <= 1:
                newest.setdefault(key, one.value)
            if len(newest) == len(ours):
                break
        return list(newest.values())

    def _judged(self, workload: str, since_ns: int) -> Iterator[EvaluationResult]:
        """Verdicts since then, newest first: those on calls of an earlier share lie behind all later ones."""
        until_ns: int | None = None
        for _ in range(_PAGES):
            which = EvaluationFilter(
                workload=workload, name=self._evaluation, since_ns=since_ns, until_ns=until_ns
            )
            page = self._store.evaluations(which, _JUDGED)
            yield from page
            # Others of the same instant may stand on the next page: it begins with that instant again.
            if len(page) < _JUDGED or page[-1].ts_ns + 1 == until_ns:
                return
            until_ns = page[-1].ts_ns + 1


def _log_costs(calls: Sequence[Span]) -> list[float]:
    """Of answered calls; none where too many have no price, for the rest would not tell of them."""
    answered = [call for call in calls if call.ok]
    known = [float(call.cost_usd) for call in answered if call.cost_usd is not None]
    if len(answered) - len(known) > MOST_UNPRICED * len(answered):
        return []
    return [math.log(max(cost, LEAST_COST)) for cost in known]


def _side(figures: Iterable[float]) -> Side | None:
    taken = list(figures)
    if len(taken) < 2:
        return None
    mean = math.fsum(taken) / len(taken)
    squares = math.fsum((figure - mean) ** 2 for figure in taken)
    return Side(len(taken), mean, squares / (len(taken) - 1))
