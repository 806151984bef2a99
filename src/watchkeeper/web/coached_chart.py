"""Accuracy from document to document, with the phases of learning behind it."""

from collections.abc import Mapping, Sequence
from typing import Any

from nicegui import ui

from watchkeeper.coaching.phases import PHASES, Phase
from watchkeeper.web.frame import section

_AREAS = ("rgba(59,130,246,.07)", "rgba(217,119,6,.07)", "rgba(13,148,136,.09)", "rgba(192,38,211,.07)")
_TOOLTIP = (
    "(found) => { const code = (one) => '&#' + one.charCodeAt(0) + ';'; "
    "const safe = (text) => String(text).replace(/[&<>]/g, code); "
    "const told = (one) => '<br>' + one.marker + safe(one.seriesName) + ': '"
    " + Number(one.value[1].toPrecision(4)) + ' %'; "
    "return found[0].value[0] + ': ' + safe(found[0].data.name) + found.map(told).join(''); }"
)
_LINES = (
    ("before coaching", "start", "#8a99a8", "dashed"),
    ("after coaching", "end", "#3b82f6", "solid"),
    ("average of the last ten", "recent", "#d97706", "solid"),
)


def coached_chart(documents: Sequence[Mapping[str, Any]]) -> None:
    """The chart on the page; documents stand in the order they were coached."""
    section("Accuracy from document to document", "in the order they were coached, phases behind; %")
    if not documents:
        ui.html('<div class="wk-empty">nothing was coached yet: no data</div>', sanitize=False).classes(
            "wk-sheet"
        ).props('id="accuracy"')
        return
    with ui.element("figure").classes("wk-figure-box").props('id="accuracy"'):
        ui.echart(_options(documents), renderer="svg").classes("wk-chart")


def _options(documents: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    last = len(documents)
    return {
        "animation": False,
        "aria": {"enabled": True},
        "grid": {"left": 8, "right": 28, "top": 34, "bottom": 8, "containLabel": True},
        "legend": {"top": 4, "type": "scroll"},
        "tooltip": {"trigger": "axis", ":formatter": _TOOLTIP},
        "xAxis": {
            "type": "value",
            "min": 0.5,
            "max": last + 0.5,
            "minInterval": 1,
            "splitLine": {"show": False},
            "axisLabel": {":formatter": "(at) => Number.isInteger(at) ? at : ''"},
        },
        "yAxis": {
            "type": "value",
            "min": 0,
            "max": 100,
            "splitLine": {"lineStyle": {"color": "#7a879455"}},
        },
        "series": [
            {
                "name": name,
                "type": "line",
                "symbolSize": 5 if last <= 60 else 0,
                "showAllSymbol": True,
                "itemStyle": {"color": colour},
                "lineStyle": {"type": kind, "width": 2},
                "data": [
                    {"value": [one["number"], 100 * one[figure]], "name": one["document"]}
                    for one in documents
                ],
                **({"markArea": _phases(last)} if figure == "end" else {}),
            }
            for name, figure, colour, kind in _LINES
        ],
    }


def _phases(last: int) -> dict[str, Any]:
    """The phases that were reached, each as wide as its documents."""
    reached = [one for one in PHASES if one.first <= last]
    return {
        "silent": True,
        "label": {"color": "#7a8794", "position": "insideBottom"},
        "data": [
            [
                {
                    "name": f"{one.number} {one.name}",
                    "xAxis": one.first - 0.5,
                    "itemStyle": {"color": _AREAS[one.number - 1]},
                },
                {"xAxis": _end(one, last) + 0.5},
            ]
            for one in reached
        ],
    }


def _end(phase: Phase, last: int) -> int:
    return last if phase.last is None else min(last, phase.last)
