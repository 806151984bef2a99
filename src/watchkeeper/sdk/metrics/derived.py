"""Series made from others (HE-26): the percentiles and rates that thresholds name are there as series.

The application behind this requirement named `query_latency_p95` and `error_rate` in its thresholds and never
recorded them, so those alerts could not fire. Here a tick records them as gauges, beside what they come from.
"""

from dataclasses import dataclass

from watchkeeper.sdk.metrics.registry import Registry
from watchkeeper.sdk.metrics.series import SHARES, Series

_NAMES = ("p50", "p95", "p99")


@dataclass(frozen=True, slots=True)
class Ratio:
    """How often one thing happened of how often another did, both within the window."""

    name: str
    part: str
    whole: str


RATIOS = (
    Ratio("error_rate", "query_errors", "queries"),
    Ratio("empty_result_rate", "query_empty_results", "queries"),
    Ratio("degraded_rate", "query_degraded", "queries"),
    Ratio("component_failure_rate", "component_failures", "component_latency"),
)
THROUGHPUT_OF = "queries"


class Derived:
    """Records derived series; `tick` is called by the background thread, or by who moves the clock."""

    def __init__(self, registry: Registry, *, over_s: float | None = None) -> None:
        """`over_s`: the last seconds a figure is about; None: the whole window, which is fastest."""
        self._registry = registry
        self._over_s = over_s

    def tick(self) -> None:
        """Record every figure that has data; one without data gets no point (law 1)."""
        for series in list(self._registry.matching()):
            if series.kind == "histogram":
                self._percentiles(series)
        for ratio in RATIOS:
            self._shares(ratio)
        for series in list(self._registry.matching(THROUGHPUT_OF)):
            self._record("throughput", series, series.per_second(), unit="1/s")

    def _percentiles(self, series: Series) -> None:
        if self._over_s is None:
            told = series.statistics().percentiles
            figures = [told[name] for name in _NAMES]
        else:
            rising = sorted(series.values(over_s=self._over_s))
            figures = [rising[int(share * (len(rising) - 1))] if rising else None for share in SHARES]
        for name, figure in zip(_NAMES, figures, strict=True):
            self._record(f"{series.name}_{name}", series, figure, unit=series.unit)

    def _shares(self, ratio: Ratio) -> None:
        for whole in list(self._registry.matching(ratio.whole)):
            out_of = self._counted(whole)
            if out_of:
                part = self._registry.find(ratio.part, dict(whole.tags))
                self._record(ratio.name, whole, (self._counted(part) if part else 0.0) / out_of, unit="1")

    def _counted(self, series: Series) -> float:
        """How often something happened: the sum of a counter, the number of a histogram's values."""
        if self._over_s is not None:
            values = series.values(over_s=self._over_s)
            return float(len(values) if series.kind == "histogram" else sum(values))
        told = series.statistics()
        return float(told.count) if series.kind == "histogram" else told.count * (told.mean or 0.0)

    def _record(self, name: str, source: Series, figure: float | None, *, unit: str) -> None:
        if figure is not None:
            self._registry.record(name, figure, "gauge", dict(source.tags), unit=unit)
