"""A judge as it was measured at a time; the last measurement corrects the scores it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.evaluation.eval_line import EvalHead
from watchkeeper.evaluation.judge_quality import JudgeQuality
from watchkeeper.statistics.judged_share import Confusion


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeRecord:
    """What was measured of one scorer of a suite; never changed, a later one stands beside it."""

    workload: str
    suite: str
    """The suite's name."""
    dataset: str
    """Of golden answers."""
    dataset_sha256: str
    repeats: int
    quality: JudgeQuality
    measured_at: datetime
    kept_by: str

    @property
    def key(self) -> tuple[str, str, str, str, datetime]:
        """What a measurement is kept once by."""
        return self.workload, self.suite, self.quality.judge, self.quality.version, self.measured_at


def confusions(records: Sequence[JudgeRecord], head: EvalHead) -> dict[str, Confusion]:
    """The errors of a run's scorers, as they were measured last on this suite and version.

    Args:
        records: Measurements, the newest first.
        head: The run.
    """
    found: dict[str, Confusion] = {}
    for one in records:
        quality = one.quality
        of_run = (one.workload, one.suite) == (head.workload, head.name)
        if of_run and head.scorers.get(quality.judge) == quality.version:
            found.setdefault(quality.judge, quality.confusion)
    return found
