"""The budgets: spent, held, left and forecast per line, what is refused, and who opened what (FA-56)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.money import usd_text
from watchkeeper.web import printed
from watchkeeper.web.frame import heading, page_frame, section, tell, tell_failure
from watchkeeper.web.tables import Cell, Column, Row, said, table
from watchkeeper.web.words import Said

REFRESH_S = 10.0
"""How often the page asks again by itself."""
WATCH_PERCENT = Decimal(75)
FULL_PERCENT = Decimal(100)
_LINES = (
    Column("budget"),
    Column("for"),
    Column("period"),
    Column("limit", number=True),
    Column("spent", number=True),
    Column("held", number=True),
    Column("unsettled", number=True),
    Column("left", number=True),
    Column("forecast", number=True),
    Column("used", number=True),
    Column("state"),
    Column("begins anew"),
)
_LEVELS = (
    Column("reached"),
    Column("budget"),
    Column("level", number=True),
    Column("refuses"),
    Column("opened"),
)
_ENTRIES = (Column("entered"), Column("budget"), Column("USD", number=True), Column("what"), Column("by"))
_AUDIT = (Column("opened"), Column("budget"), Column("level", number=True), Column("by"), Column("reason"))


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/budgets")
    async def budgets_page() -> None:
        with page_frame("Budgets", at="/budgets"):
            heading("Budgets")

            @ui.refreshable
            async def content() -> None:
                try:
                    found = await client.get("/budgets")
                except WatchkeeperError as error:
                    tell_failure(error)
                    return
                _refusals(found)
                _lines(found, timezone)
                if found:
                    section("Levels reached", "once a period each")
                    _levels(found, timezone)
                    section("Entered costs", "of the present periods")
                    _entries(found, timezone)
                    section("Opened again", "never changed or removed")
                    _audit(found, timezone)

            await content()
            ui.timer(REFRESH_S, content.refresh, immediate=False)


def _refusals(found: Sequence[dict[str, Any]]) -> None:
    for one in found:
        for level in one["levels"]:
            if level["refuses_now"]:
                tell(
                    f"budget {one['name']} refuses {' and '.join(level['refuses'])}: it has used "
                    f"{one['used_percent']} % of its limit",
                    f"wait for its next {one['per']}, or open it: "
                    f"`wk budget enable {one['name']} --by NAME --reason WHY`",
                )


def _lines(found: Sequence[dict[str, Any]], timezone: str) -> None:
    none = "no budget: set some under `budgets` in the settings"
    section("This period", "USD")
    table(_LINES, [_line(one, timezone) for one in found], mark="budgets", empty=none)


def _line(one: dict[str, Any], timezone: str) -> Row:
    unpriced = one["unpriced_calls"]
    more = f"{unpriced} calls of unknown price are not in it" if unpriced else ""
    return Row(
        (
            Cell(one["name"]),
            Cell(one["line"]),
            Cell(one["period"], css="wk-word"),
            Cell(printed.usd(one["limit_usd"])),
            Cell(printed.usd(one["spent_usd"]) + (" + ?" if unpriced else ""), more=more),
            Cell(printed.usd(one["held_usd"])),
            Cell(printed.usd(one["unsettled_usd"])),
            Cell(printed.usd(one["left_usd"]), css="wk-intervene" if one["left_usd"].startswith("-") else ""),
            _forecast(one),
            Cell(f"{one['used_percent']} %"),
            said(_state(one)),
            Cell(printed.instant(one["resets_at"], timezone), css="wk-word"),
        )
    )


def _forecast(one: dict[str, Any]) -> Cell:
    forecast = one["forecast_usd"]
    if forecast is None:
        return Cell(printed.NO_DATA, css="wk-none", more="too little of the period has passed")
    over = Decimal(forecast) > Decimal(one["limit_usd"])
    return Cell(printed.usd(forecast), css="wk-watch" if over else "", more="above its limit" if over else "")


def _state(one: dict[str, Any]) -> Said:
    used = Decimal(one["used_percent"])
    refused = sorted({what for level in one["levels"] if level["refuses_now"] for what in level["refuses"]})
    if one["hard"] and used >= FULL_PERCENT:
        return Said("✕ refuses calls", "wk-intervene")
    if refused:
        return Said(f"✕ refuses {' and '.join(refused)}", "wk-intervene")
    if used >= FULL_PERCENT:
        return Said("▲ used up", "wk-watch")
    return Said("▲ watch it", "wk-watch") if used >= WATCH_PERCENT else Said("✓ good", "wk-good")


def _levels(found: Sequence[dict[str, Any]], timezone: str) -> None:
    reached = [(one, level) for one in found for level in one["levels"] if level["reached"]]
    rows = [
        Row(
            (
                Cell(printed.instant(level["reached_at"], timezone), css="wk-word"),
                Cell(one["name"]),
                Cell(percent(level["percent"])),
                Cell(", ".join(level["refuses"]) or "nothing"),
                Cell("" if level["enabled"] is None else f"by {level['enabled']['by']}"),
            )
        )
        for one, level in sorted(reached, key=lambda pair: pair[1]["reached_at"] or "", reverse=True)
    ]
    table(_LEVELS, rows, mark="levels", empty="no level is reached")


def _entries(found: Sequence[dict[str, Any]], timezone: str) -> None:
    entries = {entry["entry_id"]: entry for one in found for entry in one["entries"]}
    rows = [
        Row(
            (
                Cell(printed.instant(entry["entered_at"], timezone), css="wk-word"),
                Cell(entry["budget"]),
                Cell(printed.usd(entry["usd"])),
                Cell(entry["what"], css="wk-long"),
                Cell(entry["by"] or ""),
            )
        )
        for entry in entries.values()
    ]
    empty = "none: `wk budget enter BUDGET --usd 200 --what infrastructure` enters one"
    table(_ENTRIES, rows, mark="entries", empty=empty)


def _audit(found: Sequence[dict[str, Any]], timezone: str) -> None:
    rows = [
        Row(
            (
                Cell(printed.instant(act["enabled_at"], timezone), css="wk-word"),
                Cell(one["name"]),
                Cell(percent(act["percent"])),
                Cell(act["by"]),
                Cell(act["reason"], css="wk-long"),
            )
        )
        for one in found
        for act in one["audit"]
    ]
    table(_AUDIT, rows, mark="audit", empty="nothing was opened again")


def percent(share: str) -> str:
    """A level of the API.

    >>> percent("99.90")
    '99.9 %'
    """
    return f"{usd_text(Decimal(share))} %"
