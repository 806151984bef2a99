"""The components asked for one query: each within its time, checked, and with what became of it."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Protocol

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.errors.components import ComponentOutputError
from watchkeeper.fallbacks import Tell, TimeLimit, checked_scores
from watchkeeper.fallbacks.failure import failure_of
from watchkeeper.sdk import component
from watchkeeper.workloads.recommender.answer import ComponentReport
from watchkeeper.workloads.recommender.ranking.ranker import Ranker, Ranking
from watchkeeper.workloads.recommender.weighting import SHIPPED, Weighting

_AS_SHIPPED = Weighting(weights=SHIPPED)
LAST_CALLS = 20
"""Calls of a component that its health is told of."""


@dataclass(slots=True)
class Asked:
    """One query on its way through the components."""

    text: str
    top_k: int
    query_id: str | None = None
    run_id: str | None = None
    trace_id: str | None = None
    weighting: Weighting = _AS_SHIPPED
    reports: dict[str, ComponentReport] = field(default_factory=dict)
    failures: dict[str, WatchkeeperError] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)


class Caller(Protocol):
    """How a component is called: with a receipt, or without."""

    def __call__(self, asked: Asked, name: str, work: Callable[[], Ranking], /) -> Ranking:
        """Do the work; what it raises is raised."""
        ...


def called_plainly(_asked: Asked, _name: str, work: Callable[[], Ranking], /) -> Ranking:
    """Leave no receipt: for evaluations."""
    return work()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentHealth:
    """How a component's last calls went."""

    state: str
    """`ok`, `failing` (the last call failed) or `unknown` (it was not called yet)."""
    calls: int
    failed: int
    last_error: str | None


class Components:
    """Rankers by name; thread-safe."""

    def __init__(
        self,
        rankers: Sequence[Ranker],
        *,
        known: Mapping[str, str],
        limit_s: float,
        clock: Clock,
        call: Caller = called_plainly,
        tell: Tell,
        warn: Callable[[str, str], None],
    ) -> None:
        """Join what asking takes.

        Args:
            rankers: Each with a name of its own.
            known: Titles by document.
            limit_s: Seconds each has for a query.
            clock: Measures.
            call: How each is called.
            tell: Told each failure.
            warn: Told a component's name and what is odd about its answer.
        """
        self._rankers = {ranker.name: ranker for ranker in rankers}
        self._limits = {name: TimeLimit(name, limit_s) for name in self._rankers}
        self._known = known
        self._clock = clock
        self._call = call
        self._tell = tell
        self._warn = warn
        self._lock = Lock()
        self._last: dict[str, deque[str | None]] = {name: deque(maxlen=LAST_CALLS) for name in self._rankers}

    def ask(self, name: str, asked: Asked) -> Ranking:
        """A component's checked answer.

        Raises:
            WatchkeeperError: It failed, was late, or answered what cannot be.
        """
        started_s = self._clock.monotonic()
        try:
            with component(name):
                ranking = self._checked(name, self._call(asked, name, self._within_limit(name, asked.text)))
        except Exception as defect:  # a component ends here, whatever it is made of: noted, and told by name
            failure = failure_of(name, defect)
            self._note(name, asked, started_s, failure=failure)
            raise failure from defect
        self._note(name, asked, started_s, ranking=ranking)
        return ranking

    def health(self) -> dict[str, ComponentHealth]:
        """How each component does."""
        with self._lock:
            last = {name: list(some) for name, some in self._last.items()}
        return {name: _health_of(some) for name, some in last.items()}

    def close(self) -> None:
        """Ask nobody any more."""
        for limit in self._limits.values():
            limit.close()

    def _within_limit(self, name: str, text: str) -> Callable[[], Ranking]:
        return partial(self._limits[name].run, partial(self._rankers[name].rank, text))

    def _checked(self, name: str, ranking: object) -> Ranking:
        if not isinstance(ranking, Ranking):
            raise ComponentOutputError(
                f"component {name!r} answered {type(ranking).__name__} where a ranking was expected",
                action="its answer was thrown away",
            )
        scores = checked_scores(
            name, ranking.scores, known=self._known.__contains__, warn=partial(self._warn, name)
        )
        return Ranking({str(key): score for key, score in scores.items()}, ranking.evidence)

    def _note(
        self,
        name: str,
        asked: Asked,
        started_s: float,
        *,
        ranking: Ranking | None = None,
        failure: WatchkeeperError | None = None,
    ) -> None:
        milliseconds = round((self._clock.monotonic() - started_s) * 1000, 3)
        with self._lock:
            self._last[name].append(None if failure is None else failure.message)
        if failure is not None:
            asked.failures[name] = failure
            asked.reports[name] = ComponentReport(
                state="failed", milliseconds=milliseconds, error=failure.body()
            )
            self._tell(name, failure)
            return
        state = "ok" if ranking is not None and ranking.scores else "no evidence"
        asked.reports[name] = ComponentReport(state=state, milliseconds=milliseconds)


def _health_of(last: Sequence[str | None]) -> ComponentHealth:
    errors = [one for one in last if one is not None]
    state = "unknown" if not last else "ok" if last[-1] is None else "failing"
    return ComponentHealth(
        state=state, calls=len(last), failed=len(errors), last_error=errors[-1] if errors else None
    )
