"""How soon somebody answers: a time for every severity, each workload its own (X1)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from watchkeeper.domain.severity import Severity

Response = float | Literal["next_day"]
"""Seconds, or the end of the next business day."""
Responses = Mapping[Severity, Response]

_MINUTES_15, _HOUR, _HOURS_4, _DAY = 900.0, 3600.0, 14_400.0, 86_400.0

DEFAULT: Responses = {"P0": _MINUTES_15, "P1": _HOUR, "P2": _HOURS_4, "P3": "next_day"}
"""FA-14 to FA-17; P4 has no time of its own."""
SHIPPED: Mapping[str, Responses] = {
    "stock-research": DEFAULT,
    # VO-24 to VO-27: at once, 15 min, 1 h, 24 h.
    "explainer": {"P0": 0.0, "P1": _MINUTES_15, "P2": _HOUR, "P3": _DAY},
    # HE-62 has P1 to P4; what is worse than its P1 waits no longer than that.
    "recommender": {"P0": _MINUTES_15, "P1": _MINUTES_15, "P2": _HOUR, "P3": _HOURS_4, "P4": "next_day"},
}

_SATURDAY = 5


def response_of(workload: str, severity: Severity, said: Mapping[str, Responses]) -> Response | None:
    """How soon an alert is answered; None: nothing is promised.

    Args:
        workload: Whose alert.
        severity: How bad it is.
        said: What the settings say, by workload, over what ships; `*` is any workload.
    """
    for times in (said.get(workload, {}), said.get("*", {}), SHIPPED.get(workload, DEFAULT)):
        if severity in times:
            return times[severity]
    return None


def respond_by(fired_at: datetime, response: Response, zone: ZoneInfo, holidays: frozenset[date]) -> datetime:
    """Until when somebody has to answer; weekends and holidays are no business days (FA-17).

    >>> friday = datetime(2026, 11, 27, 12, tzinfo=UTC)
    >>> respond_by(friday, "next_day", ZoneInfo("Europe/Stockholm"), frozenset()).isoformat()
    '2026-11-30T23:00:00+00:00'
    """
    if response != "next_day":
        return fired_at + timedelta(seconds=response)
    day = fired_at.astimezone(zone).date() + timedelta(days=1)
    while day.weekday() >= _SATURDAY or day in holidays:
        day += timedelta(days=1)
    return datetime.combine(day + timedelta(days=1), time(0), tzinfo=zone).astimezone(UTC)
