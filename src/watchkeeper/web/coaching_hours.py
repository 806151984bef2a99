"""Coaching hour by hour: accuracy, F1 and how much was read (GF-32)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from watchkeeper.domain.percent_text import percent_text
from watchkeeper.web import printed
from watchkeeper.web.frame import section
from watchkeeper.web.series_chart import Line, line_chart
from watchkeeper.web.tables import Cell, Column, Row, table

HOURS = 24 * 7
_COLUMNS = (
    Column("hour"),
    Column("runs", number=True),
    Column("without labels", number=True),
    Column("accuracy", number=True),
    Column("F1", number=True),
)
_MOST_ROWS = 24


def hours_section(hours: Sequence[Mapping[str, Any]], timezone: str) -> None:
    """The hours of the last seven days in which somebody was coached."""
    section("Hour by hour", "the last seven days; a run is an agent reading a document")
    if hours:
        names = {"average": "accuracy", "f1": "F1"}
        lines = [
            Line(
                name=shown,
                points=sorted((datetime.fromisoformat(one["hour"]), float(one[name])) for one in hours),
            )
            for name, shown in names.items()
        ]
        line_chart(lines, mark="hourly", title="Accuracy and F1 by hour", timezone=timezone, share=True)
    rows = [
        Row(
            (
                Cell(printed.instant(one["hour"], timezone)),
                Cell(str(one["runs"])),
                Cell(str(one["without_truth"])),
                Cell(percent_text(one["average"])),
                Cell(percent_text(one["f1"])),
            )
        )
        for one in hours[:_MOST_ROWS]
    ]
    table(_COLUMNS, rows, mark="hours", empty="nothing was coached in seven days")
