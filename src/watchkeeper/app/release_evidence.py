"""What calls of a release came to, from telemetry: the newest counted calls, and how they were judged."""

import math
from collections.abc import Iterable, Sequence
from datetime import datetime

from watchkeeper.domain.span import Span
from watchkeeper.releases.gate import Record
from watchkeeper.statistics.always_valid import Side
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.row_filters import EvaluationFilter
from watchkeeper.telemetry.span_filter import SpanFilter

_JUDGED = 20_000
"""Evaluations read in one look, at most."""


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
        costs = [float(call.cost_usd) for call in calls if call.ok and call.cost_usd is not None]
        dear = [cost for cost in costs if cost > 0]
        return Record(
            calls=len(calls),
            quality=_side(self._scores(workload, calls, since_ns)),
            errors=_side(0.0 if call.ok else 1.0 for call in calls),
            # A call that failed at once is no quick one.
            latency=_side(math.log(call.duration_ns) for call in calls if call.ok and call.duration_ns > 0),
            cost=_side(map(math.log, dear)),
            free=bool(costs) and not dear,
        )

    def _scores(self, workload: str, calls: Sequence[Span], since_ns: int) -> list[float]:
        ours = {(call.trace_id, call.span_id) for call in calls}
        if not ours:
            return []
        judged = self._store.evaluations(
            EvaluationFilter(workload=workload, name=self._evaluation, since_ns=since_ns), _JUDGED
        )
        # Of several verdicts on one call the newest counts; lists come newest first.
        newest: dict[tuple[str, str], float] = {}
        for one in judged:
            key = (one.trace_id or "", one.span_id or "")
            if key in ours and one.value is not None and 0 <= one.value <= 1:
                newest.setdefault(key, one.value)
        return list(newest.values())


def _side(figures: Iterable[float]) -> Side | None:
    taken = list(figures)
    if len(taken) < 2:
        return None
    mean = math.fsum(taken) / len(taken)
    squares = math.fsum((figure - mean) ** 2 for figure in taken)
    return Side(len(taken), mean, squares / (len(taken) - 1))
