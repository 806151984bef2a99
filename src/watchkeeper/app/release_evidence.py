"""What calls of a release, or of an arm, came to, from telemetry: all that count, added up by its engine."""

from datetime import datetime

from watchkeeper.releases.experiments.experiment import Experiment
from watchkeeper.releases.experiments.ports import ArmRecord
from watchkeeper.releases.gate import Record
from watchkeeper.statistics.always_valid import Side
from watchkeeper.telemetry.call_moments import CallMoments, Moments, MomentsQuestion
from watchkeeper.telemetry.minutes import ns_of
from watchkeeper.telemetry.ports import TelemetryStore
from watchkeeper.telemetry.span_filter import SpanFilter

MOST_UNPRICED = 0.05
"""Share of answered calls of unknown price beyond which a cost is no data."""


class TelemetryEvidence:
    """`ReleaseEvidence` over the telemetry store."""

    def __init__(self, store: TelemetryStore, *, evaluation: str, by_subject: bool = False) -> None:
        """Read from a store.

        Args:
            store: The store.
            evaluation: The evaluation whose values are the quality, from 0 to 1.
            by_subject: Whether all calls of one subject (else item, else trace) count as one.
        """
        self._store = store
        self._evaluation = evaluation
        self._by_subject = by_subject

    def record(self, workload: str, release_id: str, *, since: datetime, until: datetime | None) -> Record:
        """See `ReleaseEvidence.record`."""
        which = SpanFilter(
            workload=workload,
            release=release_id,
            since_ns=ns_of(since),
            until_ns=None if until is None else ns_of(until),
            counted_only=True,
            cached=False,
        )
        asked = MomentsQuestion(which=which, evaluation=self._evaluation, by_subject=self._by_subject)
        found = self._store.moments(asked)
        return record_of(found, calls=found.units)


class ArmEvidence:
    """`ExperimentEvidence` over the telemetry store: figures are of subjects."""

    def __init__(self, store: TelemetryStore) -> None:
        self._store = store

    def of_arm(self, experiment: Experiment, arm: str, *, until: datetime | None) -> ArmRecord:
        """See `ExperimentEvidence.of_arm`."""
        which = SpanFilter(
            workload=experiment.workload,
            experiment=experiment.name,
            arm=arm,
            since_ns=ns_of(experiment.started_at),
            until_ns=None if until is None else ns_of(until),
            counted_only=True,
            cached=False,
        )
        asked = MomentsQuestion(which=which, evaluation=experiment.evaluation, by_subject=True)
        found = self._store.moments(asked)
        return ArmRecord(subjects=found.units, calls=found.calls, record=record_of(found, calls=found.calls))


def record_of(found: CallMoments, *, calls: int) -> Record:
    """What calls add up to, as the gate compares it; where too many have no price, cost is no data."""
    priced = found.unpriced <= MOST_UNPRICED * found.answered
    return Record(
        calls=calls,
        quality=_side(found.quality),
        errors=_side(found.errors),
        latency=_side(found.latency),
        cost=_side(found.cost) if priced else None,
    )


def _side(found: Moments) -> Side | None:
    return None if found.count < 2 else Side(found.count, found.mean, found.variance)
