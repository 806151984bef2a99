"""The figures of one evaluation, and the metrics they are kept as."""

from dataclasses import dataclass

from watchkeeper.domain.metric_point import MetricPoint
from watchkeeper.workloads.recommender.receipted import WORKLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """The figures of one evaluation; each a mean over queries, None where no query has one."""

    queries: int
    ndcg_at_10: float | None
    precision_at_5: float | None
    diversity: float | None

    def known(self) -> dict[str, float]:
        """The figures that are known, by the names of their metrics."""
        told = {
            "ndcg_at_10": self.ndcg_at_10,
            "precision_at_5": self.precision_at_5,
            "diversity": self.diversity,
        }
        return {name: value for name, value in told.items() if value is not None}

    def points(self, now_ns: int) -> tuple[MetricPoint, ...]:
        """As points of metrics."""
        return tuple(
            MetricPoint(workload=WORKLOAD, name=name, kind="gauge", unit="1", ts_ns=now_ns, value=value)
            for name, value in self.known().items()
        )
