"""What was: alerts of the last hours, mutes, and letters, as tables and a chart."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from watchkeeper.web import printed
from watchkeeper.web.tables import Cell, Column, Row, said, table
from watchkeeper.web.words import Said

_PAST = (
    Column("severity"),
    Column("fired"),
    Column("ended"),
    Column("what"),
    Column("rule"),
    Column("taken on by"),
)
_MUTES = (Column("state"), Column("what"), Column("from"), Column("until"), Column("by"), Column("reason"))
_RECURRING = (
    Column("state"),
    Column("what"),
    Column("when"),
    Column("from"),
    Column("until"),
    Column("reason"),
)
_LETTERS = (
    Column("at"),
    Column("to"),
    Column("over"),
    Column("why"),
    Column("what"),
    Column("tries", number=True),
    Column("result"),
)
_SEVERITIES = ("P0", "P1", "P2", "P3", "P4")
_COLOURS = ("#7f1d1d", "#dc2626", "#f59e0b", "#3b82f6", "#94a3b8")
_RESULTS = {"delivered": "wk-good", "waiting": "wk-watch", "given up": "wk-intervene"}


def history_chart(hours: Sequence[dict[str, Any]], timezone: str) -> None:
    """How many alerts fired in each hour, a bar of severities each."""
    if not any(count for hour in hours for count in hour["fired"].values()):
        return
    options = {
        "animation": False,
        "legend": {"top": 0},
        "grid": {"left": 40, "right": 16, "top": 36, "bottom": 28},
        "xAxis": {
            "type": "category",
            "data": [printed.instant(hour["since"], timezone)[11:16] for hour in hours],
        },
        "yAxis": {"type": "value", "minInterval": 1},
        "tooltip": {"trigger": "axis"},
        "series": [
            {
                "name": severity,
                "type": "bar",
                "stack": "all",
                "itemStyle": {"color": colour},
                "data": [hour["fired"][severity] for hour in hours],
            }
            for severity, colour in zip(_SEVERITIES, _COLOURS, strict=True)
        ],
    }
    ui.echart(options).style("height: 200px; width: 100%").props('id="trend"')


def history_table(alerts: Sequence[dict[str, Any]], timezone: str) -> None:
    """The alerts that fired, the last begun first."""
    rows = [
        Row(
            (
                Cell(one["severity"]),
                Cell(printed.instant(one["fired_at"], timezone), css="wk-word"),
                Cell(
                    printed.instant(one["resolved_at"], timezone) if one["resolved_at"] else "stands",
                    css="wk-word",
                ),
                Cell(one["message"], css="wk-long"),
                Cell(one["rule"]),
                Cell(one["acknowledgement"]["by"] if one["acknowledgement"] else "nobody"),
            )
        )
        for one in alerts
    ]
    table(_PAST, rows, mark="past", empty="no alert in the last 24 hours")


def mute_table(mutes: Sequence[dict[str, Any]], timezone: str) -> None:
    """Silences and maintenance windows, those that hold first."""
    order = {"active": 0, "planned": 1, "over": 2}
    rows = [
        Row(
            (
                said(Said(f"{one['kind']}, {one['state']}", "wk-watch" if one["state"] == "active" else "")),
                Cell(" ".join(f"{name}={pattern}" for name, pattern in one["match"].items())),
                Cell(printed.instant(one["begins_at"], timezone), css="wk-word"),
                Cell(printed.instant(one["ended_at"] or one["until"], timezone), css="wk-word"),
                Cell(one["by"]),
                Cell(one["reason"], css="wk-long"),
            )
        )
        for one in sorted(mutes, key=lambda one: order[one["state"]])
    ]
    empty = "nothing is silent: `wk silences add workload=shop --for 2h --reason WHY` makes a silence"
    table(_MUTES, rows, mark="mutes", empty=empty)


def recurring_table(recurring: Sequence[dict[str, Any]], timezone: str) -> None:
    """Maintenance that comes again, where there is some: its hours, and its present or next window."""
    if not recurring:
        return
    rows = [
        Row(
            (
                said(Said(f"again, {one['state']}", "wk-watch" if one["state"] == "active" else "")),
                Cell(f"{one['name']} of {one['workload']}"),
                Cell(one["told"]),
                Cell(printed.instant(one["begins_at"], timezone), css="wk-word"),
                Cell(printed.instant(one["until"], timezone), css="wk-word"),
                Cell(one["reason"], css="wk-long"),
            )
        )
        for one in recurring
    ]
    table(_RECURRING, rows, mark="recurring", empty="")


def letter_table(letters: Sequence[dict[str, Any]], timezone: str, *, mark: str) -> None:
    """What was told, to whom, when and with what result."""
    rows = [
        Row(
            (
                Cell(printed.instant(one["created_at"], timezone), css="wk-word"),
                Cell(one["recipient"]),
                Cell(one["channel"]),
                Cell(one["why"]),
                Cell(one["subject"], css="wk-long", more=one["body"]),
                Cell(str(one["attempts"])),
                said(Said(one["state"], _RESULTS[one["state"]]), more=one["problem"] or ""),
            )
        )
        for one in letters
    ]
    table(
        _LETTERS,
        rows,
        mark=mark,
        empty="nothing was told: set `notification.channels`, and try one with `wk alerts try CHANNEL`",
    )
