"""When a scenario's calls are told of: a call is known when it is over, so a stalled one a minute late."""

from collections.abc import Iterator
from heapq import heappop, heappush, merge

from watchkeeper.app.simulation.calls import streams_of
from watchkeeper.app.simulation.scenario import Scenario
from watchkeeper.domain.span import Span


class Arrivals:
    """The calls of a scenario in the order of their ends; memory holds those under way alone."""

    def __init__(self, scenario: Scenario) -> None:
        """Begin at the start."""
        self._begun: Iterator[Span] = merge(*streams_of(scenario), key=lambda span: span.start_ns)
        self._next: Span | None = next(self._begun, None)
        self._under_way: list[tuple[int, str, Span]] = []

    def until(self, now_ns: int) -> Iterator[Span]:
        """Those that ended since the last time asked about, up to now."""
        while self._next is not None and self._next.start_ns <= now_ns:
            span = self._next
            heappush(self._under_way, (span.start_ns + span.duration_ns, span.span_id, span))
            self._next = next(self._begun, None)
        while self._under_way and self._under_way[0][0] <= now_ns:
            yield heappop(self._under_way)[2]
