"""A metric as a chart, and as a table for who does not see it."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from nicegui import ui

from watchkeeper.web import printed
from watchkeeper.web.series_chart import Line, line_chart, moved, points_of
from watchkeeper.web.tables import Cell, Column, Row, known, table_html

_QUALITY = re.compile(r"ndcg|precision|diversity", re.IGNORECASE)
"""What a metric of the quality of answers is called by (HE-53)."""
_NO_PARTS = re.compile(r"[^A-Za-z0-9]+")


def quality_names(names: Sequence[Mapping[str, Any]]) -> list[str]:
    """The metrics that tell of quality, each name once."""
    return list(dict.fromkeys(one["name"] for one in names if _QUALITY.search(one["name"])))


def tags_of(text: str) -> dict[str, str]:
    """Tags written as `name=value, name=value`, as the API is asked for them.

    >>> tags_of("route=fast, region=eu")
    {'tag.route': 'fast', 'tag.region': 'eu'}
    """
    parts = (part.partition("=") for part in text.split(",") if "=" in part)
    return {f"tag.{name.strip()}": value.strip() for name, _, value in parts}


def metric_chart(answer: Mapping[str, Any], timezone: str) -> list[Line]:
    """A metric's chart from the API's answer; its lines, the period before last."""
    points = points_of(answer["points"], "value")
    lines = [Line(name=answer["statistic"], points=points)]
    if answer["before"] is not None:
        earlier = moved(points_of(answer["before"]["points"], "value"), points)
        lines.append(Line(name=f"{answer['statistic']}, before", points=earlier, before=True))
    line_chart(
        lines,
        mark=f"metric-{_NO_PARTS.sub('-', answer['name'])}",
        title=answer["name"],
        timezone=timezone,
        unit=answer["unit"],
    )
    return lines


def value_table(lines: Sequence[Line], timezone: str) -> None:
    """The same as a table, folded: newest first."""
    columns = [Column("from"), *(Column(line.name, number=True) for line in lines)]
    rows = [
        Row(
            (
                Cell(printed.instant(at.astimezone(UTC).isoformat(), timezone), css="wk-word"),
                *(_cell(line.points[n][1] if n < len(line.points) else None) for line in lines),
            )
        )
        for n, (at, _) in enumerate(lines[0].points)
    ]
    inner = table_html(columns, rows[::-1], empty="no data")
    ui.html(
        '<details><summary>the same as a table</summary><div class="wk-sheet" id="values">'
        f"{inner}</div></details>",
        sanitize=False,
    )


def _cell(value: float | None) -> Cell:
    return known(None if value is None else f"{value:.6g}")
