"""All series of a process, found by name and tags."""

from collections.abc import Callable, Iterator, Mapping
from threading import Lock

from watchkeeper.domain.metric_point import METRIC_KINDS, MetricKind
from watchkeeper.sdk.metrics.series import Series, Statistics, Tags
from watchkeeper.sdk.metrics.window import Window
from watchkeeper.sdk.problems import Problems
from watchkeeper.sdk.readings import Readings

MAX_SERIES = 5_000
"""A tag that takes a new value for each request would fill any memory; HE-78 asks for hundreds of series."""

_LOOK_EVERY_NS = 10_000_000_000
"""How often a full registry looks for idle series: it must not do so for each value that finds no room."""


class Registry:
    """Makes series as they are first recorded to. Recording never raises: what is refused is counted."""

    def __init__(
        self, readings: Readings, problems: Problems, *, retention_s: float, exported: bool = True
    ) -> None:
        """`exported`: somebody takes what series have to tell, and they must wait for that."""
        self._exported = exported
        self._readings = readings
        self._problems = problems
        self._retention_ms = int(retention_s * 1000)
        self._series: dict[tuple[str, Tags], Series] = {}
        self._lock = Lock()
        self._looked_ns = -_LOOK_EVERY_NS
        self.begun: Callable[[], None] | None = None
        """Called for each new series: what works in the background begins with the first."""

    def record(
        self, name: str, value: float, kind: MetricKind, tags: Mapping[str, str] | None, *, unit: str
    ) -> None:
        """Take in one value; refused and counted: no number, another kind than before, too many series."""
        if tags:
            key = (name, tuple(tags.items()) if len(tags) == 1 else tuple(sorted(tags.items())))
        else:
            key = (name, ())
        series = self._series.get(key)
        if series is None:
            series = self.series(name, kind, tags, unit=unit)
            if series is None:
                return
        if series.kind != kind:
            self._problems.count("metric_kind_changed", f"{name} is a {series.kind}, not a {kind}")
        elif not series.record(value):
            self._problems.count("metric_value_refused", f"{name}: {value!r} for a {kind}")

    def series(
        self, name: str, kind: MetricKind, tags: Mapping[str, str] | None = None, *, unit: str = ""
    ) -> Series | None:
        """The series of that name and tags, made when it is not there; None when there are too many."""
        if kind not in METRIC_KINDS or not name:
            self._problems.count("metric_kind_unknown", f"{name!r}: {kind!r}, not one of {METRIC_KINDS}")
            return None
        key = (name, tags_of(tags))
        with self._lock:
            found = self._series.get(key)
            if found is not None:
                return found
            if len(self._series) >= MAX_SERIES:
                self._let_idle_go()
            if len(self._series) >= MAX_SERIES:
                self._problems.count(
                    "too_many_series", f"{name} {dict(key[1])}: {MAX_SERIES} are there already"
                )
                return None
            made = self._new(key, kind, unit)
            self._series[key] = made
        if self.begun is not None:
            self.begun()
        return made

    def find(self, name: str, tags: Mapping[str, str] | None = None) -> Series | None:
        """The series of that name with exactly these tags."""
        return self._series.get((name, tags_of(tags)))

    def matching(self, name: str | None = None, tags: Mapping[str, str] | None = None) -> Iterator[Series]:
        """Series of that name, or of any, that carry at least these tags (HE-19), by name and tags."""
        wanted = set(tags_of(tags))
        with self._lock:
            keys = sorted(self._series)
        for key in keys:
            if (name is None or key[0] == name) and wanted <= set(key[1]):
                yield self._series[key]

    def merged(self, name: str, tags: Mapping[str, str] | None = None) -> Statistics | None:
        """Statistics over all series of a name that carry at least these tags; None when none does."""
        found = list(self.matching(name, tags))
        if not found:
            return None
        if len(found) == 1:
            return found[0].statistics()
        joined = self._new((name, ()), found[0].kind, found[0].unit)
        for series in found:
            for value in series.values():
                joined.record(value)
        return joined.statistics()

    def forget(self) -> None:
        """Let go of points older than the window in series nothing is recorded to any more."""
        for series in self.matching():
            series.values(over_s=0)

    def _let_idle_go(self) -> None:
        """Make room: series of which the window holds nothing, and that have nothing left to send."""
        if self._readings.elapsed_ns() < self._looked_ns + _LOOK_EVERY_NS:
            return
        self._looked_ns = self._readings.elapsed_ns()
        for key in [key for key, series in self._series.items() if series.is_idle(exported=self._exported)]:
            del self._series[key]

    def _new(self, key: tuple[str, Tags], kind: MetricKind, unit: str) -> Series:
        elapsed = self._readings.elapsed_ns
        made = Series(
            name=key[0],
            kind=kind,
            tags=key[1],
            unit=unit,
            elapsed_ns=elapsed,
            now_ns=self._readings.now_ns,
            window=Window(self._retention_ms),
            born_ms=elapsed() // 1_000_000,
        )
        made.begin_exports(self._readings.now_ns())
        return made


def tags_of(tags: Mapping[str, str] | None) -> Tags:
    """Tags as a key: sorted, everything as text.

    >>> tags_of({"b": "2", "a": "1"})
    (('a', '1'), ('b', '2'))
    """
    return tuple(sorted((str(name), str(value)) for name, value in tags.items())) if tags else ()
