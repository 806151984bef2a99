"""Costs as tables and a chart; what nobody knows the price of is counted beside them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from watchkeeper.web import printed
from watchkeeper.web.frame import section
from watchkeeper.web.series_chart import Line, line_chart, number_of
from watchkeeper.web.tables import Cell, Column, Row, counted, known, table

_UNITS = (
    Column("workload"),
    Column("unit"),
    Column("units", number=True),
    Column("USD", number=True),
    Column("USD a unit", number=True),
)
_ENTERED = (Column("entered"), Column("budget"), Column("USD", number=True), Column("what"), Column("by"))


def cost_table(found: Mapping[str, Any], by: str) -> None:
    """The API's costs by one thing, with their total."""
    columns = (
        Column(by),
        Column("calls", number=True),
        Column("tokens in", number=True),
        Column("tokens out", number=True),
        Column("USD", number=True),
        Column("of USD", number=True),
        Column("of calls", number=True),
        Column("unknown price", number=True),
    )
    rows = [_row(one, one["group"].get(by)) for one in found["rows"]]
    if rows:
        rows.append(_row(found["total"], "together", css="wk-strong"))
    table(columns, rows, mark=f"by-{by}", empty="no model call in this time: no data")


def day_chart(found: Mapping[str, Any], timezone: str) -> None:
    """What each day cost; a day without calls is a gap."""
    zone = ZoneInfo(found["timezone"])
    points = [
        (datetime.fromisoformat(one["group"]["day"]).replace(tzinfo=zone), number_of(one["cost_usd"]))
        for one in found["rows"]
        if one["group"]["day"]
    ]
    lines = [Line(name="USD a day", points=sorted(points, key=lambda point: point[0]))]
    line_chart(
        lines, mark="days", title="Cost", timezone=timezone, unit="USD a day", empty="no cost: no data"
    )


def unit_table(units: Sequence[Mapping[str, Any]]) -> None:
    """What a unit of each workload costs."""
    rows = [
        Row(
            (
                Cell(one["workload"]),
                Cell(one["unit"]),
                Cell(printed.value(one["units"])),
                _usd(one["cost_usd"], one["unknown_calls"]),
                _per_unit(one),
            )
        )
        for one in units
    ]
    table(_UNITS, rows, mark="units", empty="no unit of work in this time: no data")


def unit_chart(found: Mapping[str, Any], timezone: str) -> None:
    """What a unit cost, day by day (FA-13); a day without units, or with an unknown price, is a gap."""
    zone = ZoneInfo(found["timezone"])
    lines = [
        Line(
            name=f"{one['workload']}: a {one['unit']}",
            points=[
                (datetime.fromisoformat(day["day"]).replace(tzinfo=zone), number_of(day["usd_per_unit"]))
                for day in one["trend"]
            ],
        )
        for one in found["units"]
    ]
    none = "no day on which units were worked on and every price was known: no data"
    line_chart(lines, mark="unit-days", title="Trend", timezone=timezone, unit="USD a unit", empty=none)


def entered_table(found: Mapping[str, Any], timezone: str) -> None:
    """Costs no call made, entered by hand; nothing where there are none."""
    if not found["entered"]:
        return
    section("Entered by hand", f"{printed.usd(found['entered_usd'])} USD, in none of the tables above")
    rows = [
        Row(
            (
                Cell(printed.instant(one["entered_at"], timezone), css="wk-word"),
                Cell(one["budget"]),
                Cell(printed.usd(one["usd"])),
                Cell(one["what"], css="wk-long"),
                Cell(one["by"] or ""),
            )
        )
        for one in found["entered"]
    ]
    table(_ENTERED, rows, mark="entered", empty="")


def _row(one: Mapping[str, Any], name: str | None, *, css: str = "") -> Row:
    return Row(
        (
            Cell(name or "none", css="wk-word" if name else "wk-none"),
            Cell(printed.value(one["calls"])),
            counted(one["input_tokens"]),
            counted(one["output_tokens"]),
            _usd(one["cost_usd"], one["unknown_calls"]),
            known(printed.percent(one["share"])),
            known(printed.percent(one["call_share"])),
            _unknown(one["unknown_calls"]),
        ),
        css=css,
    )


def _usd(amount: str | None, unknown: int) -> Cell:
    if amount is None:
        return Cell("unknown" if unknown else printed.NO_DATA, css="wk-none")
    more = f"{unknown} calls of unknown price are not in it" if unknown else ""
    return Cell(printed.usd(amount) + (" + ?" if unknown else ""), more=more)


def _unknown(count: int) -> Cell:
    return Cell(f"▲ {printed.value(count)}" if count else "0", css="wk-watch" if count else "wk-none")


def _per_unit(one: Mapping[str, Any]) -> Cell:
    if one["usd_per_unit"] is not None:
        return Cell(printed.usd(one["usd_per_unit"]))
    if one["at_least_usd_per_unit"] is not None:
        return Cell(f"at least {printed.usd(one['at_least_usd_per_unit'])}", css="wk-watch")
    return known(None)
