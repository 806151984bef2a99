"""GF-55 to GF-61: what success of coaching is."""

from collections import Counter
from datetime import datetime, timedelta, tzinfo

from watchkeeper.domain.percent_text import percent_text
from watchkeeper.monitoring.criteria.coached_history import CoachedHistory, between
from watchkeeper.monitoring.criteria.criterion import Criterion, State, judged, no_data
from watchkeeper.monitoring.criteria.days import daily, slope

_DAY = timedelta(days=1)
GOLDEN_A_DAY = 2
AGREEMENT = 0.80
SECONDS_A_PAGE = 2.0


def accuracy_improves(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-55: daily accuracy improves; red when it falls over the days there are."""
    row, name = "GF-55", "accuracy improves"
    days = daily(between(history.documents, now - 14 * _DAY, now), lambda one: one.accuracy, zone=zone)
    rise = slope(list(days.values()))
    if rise is None:
        return no_data(
            row, name, unit="a day", why=f"3 days with known accuracy are needed, {len(days)} are there"
        )
    state: State = "green" if rise > 0 else "watch" if rise == 0 else "red"
    return judged(
        row,
        name,
        value=rise,
        unit="a day",
        why=f"{rise:+.4f} a day over {len(days)} days",
        state=state,
        series=days,
    )


def golden_examples(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-56: at least two golden examples in the last 24 h."""
    row, name = "GF-56", "golden examples a day"
    if not history.documents:
        return no_data(row, name, unit="documents", why="nothing was coached")
    count = sum(one.golden for one in between(history.documents, now - _DAY, now))
    per_day = Counter(one.at.astimezone(zone).date().isoformat() for one in history.documents if one.golden)
    series = {day: float(number) for day, number in per_day.items()}
    return judged(
        row,
        name,
        value=count,
        unit="documents",
        why=f"{count} in 24 h, {GOLDEN_A_DAY} are wanted",
        state="green" if count >= GOLDEN_A_DAY else "red",
        series=series,
    )


def rounds_decrease(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-57: rounds a document decrease over the days."""
    row, name = "GF-57", "coaching rounds decrease"
    days = daily(between(history.documents, now - 14 * _DAY, now), lambda one: one.rounds, zone=zone)
    trend = slope(list(days.values()))
    if trend is None:
        return no_data(row, name, unit="a day", why=f"3 days are needed, {len(days)} are there")
    state: State = "green" if trend < 0 else "watch" if trend == 0 else "red"
    return judged(
        row, name, value=trend, unit="a day", why=f"{trend:+.3f} rounds a day", state=state, series=days
    )


def twins_agree(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-58: the twins agree on 80 % of fields or more, in the last 24 h with data."""
    row, name = "GF-58", "twins agree"
    days = daily(history.readings, lambda one: one.agreement, zone=zone)
    recent = [
        one.agreement for one in between(history.readings, now - _DAY, now) if one.agreement is not None
    ]
    if not recent:
        return no_data(row, name, unit="share", why="no document of two readers in 24 h")
    share = sum(recent) / len(recent)
    return judged(
        row,
        name,
        value=share,
        unit="share",
        why=f"{percent_text(share, decimals=0)} of {len(recent)} documents' fields in 24 h",
        state="green" if share >= AGREEMENT else "watch" if share >= 0.60 else "red",
        series=days,
    )


def pages_are_fast(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-59: under 2 s a page in the last 24 h."""
    del zone
    row, name = "GF-59", "seconds a page"
    recent = between(history.readings, now - _DAY, now)
    pages = sum(one.pages for one in recent)
    if not pages:
        return no_data(row, name, unit="s", why="no page in 24 h")
    each = sum(one.seconds for one in recent) / pages
    return judged(
        row,
        name,
        value=each,
        unit="s",
        why=f"{each:.2f} s a page over {pages} pages",
        state="green" if each < SECONDS_A_PAGE else "watch" if each <= 5.0 else "red",
    )


def no_critical_error(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-60: no critical error in 24 h."""
    del zone
    row, name = "GF-60", "no critical error"
    recent = between(history.readings, now - _DAY, now)
    if not recent:
        return no_data(row, name, unit="errors", why="nothing was read in 24 h")
    count = sum(one.critical_error is not None for one in recent)
    return judged(
        row, name, value=count, unit="errors", why=f"{count} in 24 h", state="red" if count else "green"
    )


def phases_on_schedule(history: CoachedHistory, *, now: datetime, zone: tzinfo) -> Criterion:
    """GF-61: every phase that was due by now had its documents by then."""
    del zone
    row, name = "GF-61", "phases on schedule"
    if not history.plan:
        return no_data(row, name, unit="phases late", why="there is no plan")
    due = [phase for phase in history.plan if phase.due <= now]
    late = [phase for phase in due if sum(one.at <= phase.due for one in history.documents) < phase.documents]
    said = f"{len(due)} phases were due, {len(late)} were late" + "".join(
        f"; phase {phase.phase} had {sum(one.at <= phase.due for one in history.documents)} of "
        f"{phase.documents} documents"
        for phase in late
    )
    return judged(row, name, value=len(late), unit="phases late", why=said, state="red" if late else "green")
