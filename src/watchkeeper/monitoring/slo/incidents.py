"""Incidents of a service as its provider told them: how long they took, how far apart they were, what was up.

Time to recovery is from the first of "investigating", "identified" and "monitoring" to "resolved"; between
failures, the mean gap of successive starts; availability, the mean over days of the share of the day without
an outage. An incident whose stages are told out of order is left out, and counted.

Source:
    The definitions of X. Chu et al. (2025), "An Empirical Characterization of Outages and Incidents in Public
    Services for Large Language Models", ICPE.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldIncident:
    """One incident of some services; a stage that was not told is None."""

    incident_id: str
    services: frozenset[str]
    started_at: datetime
    investigating_at: datetime | None
    identified_at: datetime | None
    monitoring_at: datetime | None
    resolved_at: datetime | None

    @property
    def in_order(self) -> bool:
        """Whether the stages that were told follow each other."""
        told = (self.investigating_at, self.identified_at, self.monitoring_at, self.resolved_at)
        known = [stage for stage in told if stage is not None]
        return all(earlier <= later for earlier, later in pairwise(known))

    @property
    def recovery(self) -> timedelta | None:
        """From the first stage to "resolved"; None where either was not told."""
        first = [
            at for at in (self.investigating_at, self.identified_at, self.monitoring_at) if at is not None
        ]
        return self.resolved_at - min(first) if first and self.resolved_at is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceRecord:
    """What a service's incidents come to."""

    service: str
    incidents: int
    out_of_order: int
    """Incidents left out because their stages are told out of order."""
    mttr_h: float | None
    """Mean hours to recovery; None when none is known."""
    mtbf_days: float | None
    """Mean days between starts; None of fewer than two."""
    availability: float | None
    """Mean share of a day, 0 to 1; None without days."""
    days: int


def service_record(
    service: str, incidents: Sequence[ToldIncident], outage_minutes: Sequence[float]
) -> ServiceRecord:
    """The record of one service.

    Args:
        service: Its name.
        incidents: Incidents of any services, in any order.
        outage_minutes: A day's minutes of outage, for every day that is known, 0 included.
    """
    own = [one for one in incidents if service in one.services]
    told = sorted((one for one in own if one.in_order), key=lambda one: one.started_at)
    recoveries = [one.recovery / timedelta(hours=1) for one in told if one.recovery is not None]
    gaps = [(later.started_at - one.started_at) / timedelta(days=1) for one, later in pairwise(told)]
    return ServiceRecord(
        service=service,
        incidents=len(told),
        out_of_order=len(own) - len(told),
        mttr_h=fmean(recoveries) if recoveries else None,
        mtbf_days=fmean(gaps) if gaps else None,
        availability=fmean(1 - minutes / 1440 for minutes in outage_minutes) if outage_minutes else None,
        days=len(outage_minutes),
    )
