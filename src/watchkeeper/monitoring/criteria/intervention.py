"""GF-62 to GF-68: when somebody has to step in."""

from collections import Counter
from datetime import datetime, timedelta, tzinfo

from watchkeeper.domain.percent_text import percent_text
from watchkeeper.monitoring.criteria.coached_history import CoachedHistory, between
from watchkeeper.monitoring.criteria.criterion import Criterion, State, judged, no_data
from watchkeeper.monitoring.criteria.days import daily, slope

_DAY = timedelta(days=1)
PLATEAU_DAYS = 3
STUCK = 0.02
"""A spread below it is no movement (the public rule for "stuck", requirements 2.1)."""
GOLDEN_WITHIN_H = 48
BEHIND = 0.20


def accuracy_plateau(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-62: daily accuracy has hardly moved for three days or more; the days are named."""
    row, name = "GF-62", "accuracy plateau"
    days = daily(between(history.documents, now - 14 * _DAY, now), lambda one: one.accuracy, zone=zone)
    names, figures = list(days), list(days.values())
    if len(names) < PLATEAU_DAYS:
        return no_data(row, name, unit="days", why=f"{PLATEAU_DAYS} days are needed, {len(names)} are there")
    flat = 1
    while flat < len(figures) and max(figures[-flat - 1 :]) - min(figures[-flat - 1 :]) < STUCK:
        flat += 1
    why = f"within {STUCK:g} on {', '.join(names[-flat:])}" if flat >= PLATEAU_DAYS else "accuracy moves"
    return judged(
        row,
        name,
        value=flat,
        unit="days",
        why=why,
        state="red" if flat >= PLATEAU_DAYS else "green",
        series=days,
    )


def no_golden_example(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-36 and GF-63: no golden example for 24 h is to be watched, for 48 h red."""
    del zone
    row, name = "GF-63", "golden example lately"
    begun = history.began_at or (history.documents[0].at if history.documents else None)
    if begun is None:
        return no_data(row, name, unit="h", why="coaching has not begun")
    last = max((one.at for one in history.documents if one.golden and one.at <= now), default=None)
    hours = (now - (last or begun)) / timedelta(hours=1)
    why = (
        f"none since coaching began {hours:.0f} h ago" if last is None else f"the last was {hours:.0f} h ago"
    )
    state: State = "red" if hours >= GOLDEN_WITHIN_H else "watch" if hours >= GOLDEN_WITHIN_H / 2 else "green"
    return judged(row, name, value=hours, unit="h", why=why, state=state)


def rounds_increase(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-64: rounds a document increase over the last week."""
    row, name = "GF-64", "coaching rounds increase"
    days = daily(between(history.documents, now - 7 * _DAY, now), lambda one: one.rounds, zone=zone)
    trend = slope(list(days.values()))
    if trend is None:
        return no_data(row, name, unit="a day", why=f"3 days are needed, {len(days)} are there")
    return judged(
        row,
        name,
        value=trend,
        unit="a day",
        why=f"{trend:+.3f} rounds a day",
        state="red" if trend > 0 else "green",
        series=days,
    )


def twins_disagree(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-65: the twins disagree on more than 40 % of fields; 20 to 40 % is to be watched."""
    row, name = "GF-65", "twins disagree"
    recent = [
        one.agreement for one in between(history.readings, now - _DAY, now) if one.agreement is not None
    ]
    if not recent:
        return no_data(row, name, unit="share", why="no document of two readers in 24 h")
    share = 1 - sum(recent) / len(recent)
    state: State = "red" if share > 0.40 else "watch" if share > 0.20 else "green"
    days = {
        day: 1 - agreed
        for day, agreed in daily(history.readings, lambda one: one.agreement, zone=zone).items()
    }
    return judged(
        row,
        name,
        value=share,
        unit="share",
        why=f"on {percent_text(share, decimals=0)} of fields in 24 h",
        state=state,
        series=days,
    )


def pages_are_slow(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-66: above 5 s a page; 2 to 5 s is to be watched."""
    del zone
    row, name = "GF-66", "slow pages"
    recent = between(history.readings, now - _DAY, now)
    pages = sum(one.pages for one in recent)
    if not pages:
        return no_data(row, name, unit="s", why="no page in 24 h")
    each = sum(one.seconds for one in recent) / pages
    state: State = "red" if each > 5.0 else "watch" if each >= 2.0 else "green"
    return judged(row, name, value=each, unit="s", why=f"{each:.2f} s a page in 24 h", state=state)


def error_repeats(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-67: the same critical error more than once in 24 h."""
    del zone
    row, name = "GF-67", "critical error repeats"
    recent = between(history.readings, now - _DAY, now)
    if not recent:
        return no_data(row, name, unit="times", why="nothing was read in 24 h")
    errors = Counter(one.critical_error for one in recent if one.critical_error is not None)
    most = errors.most_common(1)
    count = most[0][1] if most else 0
    why = ", ".join(f"{code} {number} times" for code, number in errors.most_common()) or "none"
    return judged(row, name, value=count, unit="times", why=why, state="red" if count > 1 else "green")


def behind_schedule(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-68: a fifth or more of the documents that should be done by now are not.

    Between two due days the plan is a straight line, so that a delay shows before the day itself.
    """
    del zone
    row, name = "GF-68", "behind schedule"
    if not history.plan or history.began_at is None:
        return no_data(row, name, unit="share", why="there is no plan" if not history.plan else "not begun")
    wanted = _wanted(history, now)
    if wanted <= 0:
        return no_data(row, name, unit="share", why="nothing is due yet")
    done = sum(one.at <= now for one in history.documents)
    short = max(0.0, 1 - done / wanted)
    why = f"{done} of {wanted:.0f} documents due by now are done, {max(0.0, wanted - done):.0f} short"
    state: State = "red" if short >= BEHIND else "watch" if short > 0 else "green"
    return judged(row, name, value=short, unit="share", why=why, state=state)


def _wanted(history: CoachedHistory, now: datetime) -> float:
    assert history.began_at is not None
    at, count = history.began_at, 0.0
    for phase in sorted(history.plan, key=lambda one: one.due):
        if now >= phase.due:
            at, count = phase.due, float(phase.documents)
            continue
        part = (now - at) / (phase.due - at)
        return count + max(0.0, part) * (phase.documents - count)
    return count
