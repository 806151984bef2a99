"""Lines over time; what is not known is a gap, and no data at all is said and not drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from nicegui import ui

from watchkeeper.web.code_spans import told_html
from watchkeeper.web.printed import NO_DATA

Point = tuple[datetime, float | None]
_COLOURS = ("#3b82f6", "#d97706", "#0d9488", "#c026d3")
"""Told apart on light and dark ground; lines also differ in their dots and by their names."""
_SIGNS = ("circle", "rect", "triangle", "diamond")
_LONE_DOT_PX = 6
_FEW = 60
"""Points up to which each has its dot."""
NOTHING = "no data in this time"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a chart."""

    name: str
    points: Sequence[Point]
    before: bool = False
    """Of the period before: dashed, under the present one's times, in the colour of the line before it."""


def line_chart(
    lines: Sequence[Line],
    *,
    mark: str,
    title: str,
    timezone: str,
    unit: str = "",
    share: bool = False,
    empty: str = NOTHING,
) -> None:
    """The chart of some lines.

    Args:
        lines: Oldest points first.
        mark: Its name on the page.
        title: What it shows.
        timezone: Of its axis.
        unit: Of its values.
        share: Whether its values are shares from 0 to 1, to be told in percent.
        empty: What is said where there is no value.
    """
    with ui.element("figure").classes("wk-figure-box").props(f'id="{mark}" aria-label="{escape(title)}"'):
        note = "%" if share else unit
        ui.html(
            f'<figcaption><h2 class="wk">{escape(title)} <span class="wk-note">{escape(note)}</span></h2>'
            "</figcaption>",
            sanitize=False,
        )
        if not any(value is not None for line in lines for _, value in line.points):
            ui.html(f'<div class="wk-empty">{told_html(empty)}</div>', sanitize=False).classes("wk-sheet")
            return
        options = chart_options(lines, timezone=timezone, scale=100.0 if share else 1.0)
        ui.echart(options, renderer="svg").classes("wk-chart")


def chart_options(lines: Sequence[Line], *, timezone: str, scale: float) -> dict[str, Any]:
    """What the chart's library is told."""
    return {
        "animation": False,
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 28, "top": 34, "bottom": 8, "containLabel": True},
        "legend": {"top": 4, "type": "scroll"},
        "tooltip": {"trigger": "axis", ":formatter": _tooltip(timezone)},
        "xAxis": {"type": "time", "axisLabel": {":formatter": _time(timezone), "hideOverlap": True}},
        "yAxis": {"type": "value", "splitLine": {"lineStyle": {"color": "#7a879455"}}},
        "series": [
            _series(sum(not one.before for one in lines[: at + 1]) - 1, line, scale)
            for at, line in enumerate(lines)
        ],
    }


def points_of(rows: Sequence[Mapping[str, Any]], figure: str) -> list[Point]:
    """One figure of the API's rows over time; amounts are texts there, and sums may not be known."""
    return [(datetime.fromisoformat(row["begins"]), number_of(row[figure])) for row in rows]


def number_of(value: Any) -> float | None:
    """A figure of the API as a number; of a sum what is known of it, and None where nothing is.

    >>> number_of({"known": "1.5", "counted": 2, "unknown": 1}), number_of(None), number_of("0.25")
    (1.5, None, 0.25)
    """
    if isinstance(value, Mapping):
        return float(value["known"]) if value["counted"] else None
    return None if value is None else float(value)


def moved(points: Sequence[Point], onto: Sequence[Point]) -> list[Point]:
    """Points of the period before under the times of the present one, in order."""
    return [(at, value) for (at, _), (_, value) in zip(onto, points, strict=False)]


def _series(n: int, line: Line, scale: float) -> dict[str, Any]:
    values = [None if value is None else value * scale for _, value in line.points]
    lone = [
        value is not None
        and all(near is None for near in (*values[max(at - 1, 0) : at], *values[at + 1 : at + 2]))
        for at, value in enumerate(values)
    ]
    few = len(values) <= _FEW
    return {
        "name": line.name,
        "type": "line",
        "connectNulls": False,
        "showAllSymbol": True,
        "symbol": _SIGNS[n % len(_SIGNS)],
        "itemStyle": {"color": _COLOURS[n % len(_COLOURS)]},
        "lineStyle": {"type": "dashed" if line.before else "solid", "width": 1.5 if line.before else 2},
        "data": [
            {
                "value": [int(at.timestamp() * 1000), value],
                "symbolSize": _LONE_DOT_PX if alone else _LONE_DOT_PX - 2 if few else 0,
            }
            for (at, _), value, alone in zip(line.points, values, lone, strict=True)
        ],
    }


def _time(timezone: str) -> str:
    """How the axis writes a time: the hour, and at midnight the day."""
    return (
        "(at) => { const parts = Object.fromEntries(new Intl.DateTimeFormat('sv-SE', {timeZone: "
        f"'{_plain(timezone)}', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', "
        "hourCycle: 'h23'}).formatToParts(new Date(at)).map((one) => [one.type, one.value])); "
        "const hour = parts.hour + ':' + parts.minute; "
        "return hour === '00:00' ? parts.month + '-' + parts.day : hour; }"
    )


def _tooltip(timezone: str) -> str:
    return (
        "(found) => { const when = new Intl.DateTimeFormat('sv-SE', {timeZone: "
        f"'{_plain(timezone)}', dateStyle: 'short', timeStyle: 'short'}})"
        ".format(new Date(found[0].axisValue)); "
        "const shown = (one) => one.value[1] == null ? "
        f"'{NO_DATA}' : Number(one.value[1].toPrecision(5)); "
        "const safe = (text) => text.replace(/[&<>]/g, (one) => '&#' + one.charCodeAt(0) + ';'); "
        "return when + found.map((one) => '<br>' + one.marker + safe(one.seriesName) + ': ' + shown(one))"
        ".join(''); }"
    )


def _plain(timezone: str) -> str:
    """A timezone's name as it may stand in a script: nothing but what such names are made of."""
    return "".join(
        letter for letter in timezone if letter.isascii() and (letter.isalnum() or letter in "/_+-")
    )
