"""The promises: error budgets, how fast they burn, and the series that are watched for what is unusual."""

from collections.abc import Sequence
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.percent_text import percent_text
from watchkeeper.web import printed
from watchkeeper.web.addresses import part
from watchkeeper.web.frame import heading, page_frame, section, tell_failure
from watchkeeper.web.tables import Cell, Column, Row, known, said, table
from watchkeeper.web.words import UNKNOWN, Said

REFRESH_S = 30.0
_BUDGETS = (
    Column("objective"),
    Column("promise"),
    Column("state"),
    Column("calls", number=True),
    Column("good", number=True),
    Column("budget left", number=True),
    Column("gone in", number=True),
)
_BURNS = (
    Column("objective"),
    Column("told above", number=True),
    Column("windows"),
    Column("burns at", number=True),
    Column("state"),
    Column("severity"),
)
_SERIES = (
    Column("series"),
    Column("of"),
    Column("detector"),
    Column("points", number=True),
    Column("learnt since"),
    Column("last", number=True),
    Column("surprise", number=True),
)
_STATES = {
    "fine": Said("✓ fine", "wk-good"),
    "burning": Said("▲ burning", "wk-watch"),
    "spent": Said("✕ spent", "wk-intervene wk-strong"),
    "normal": Said("✓ normal", "wk-good"),
    "warning": Said("▲ warning", "wk-watch"),
    "critical": Said("✕ critical", "wk-intervene wk-strong"),
}


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/slos")
    async def slos_page() -> None:
        with page_frame("SLOs", at="/slos"):
            heading("SLOs")

            @ui.refreshable
            async def content() -> None:
                try:
                    slos = await client.get("/slos")
                    details = [
                        await client.get(f"/slos/{part(one['workload'])}/{part(one['name'])}") for one in slos
                    ]
                    watched = await client.get("/anomalies")
                except WatchkeeperError as error:
                    tell_failure(error)
                    return
                section("Error budgets")
                table(
                    _BUDGETS,
                    [_budget(one) for one in slos],
                    mark="budgets",
                    empty="nothing is promised; set some under `monitoring.slos` in the settings",
                )
                if slos:
                    section("Burn rates", "the slower of both windows counts")
                    table(_BURNS, [row for one in details for row in _burns(one)], mark="burns", empty="")
                section("Watched series", _accepted(watched))
                table(
                    _SERIES,
                    [_series(one, watched["told_from"], timezone) for one in watched["series"]],
                    mark="series",
                    empty="no series is watched; set some under `monitoring.anomalies.series`",
                )

            await content()
            ui.timer(REFRESH_S, content.refresh, immediate=False)


def _budget(one: dict[str, Any]) -> Row:
    budget = one["budget"]
    gone, burns = budget["gone_in_h"], budget["burn_1h"] is not None
    return Row(
        [
            Cell(one["slo"]),
            Cell(one["promise"]),
            said(_STATES.get(budget["state"], UNKNOWN)),
            Cell(str(budget["calls"])),
            _share(budget["good_share"]),
            _share(budget["left"]),
            Cell(
                f"{gone:.0f} h" if gone is not None else "not at this rate" if burns else "no data",
                more="at the rate of the last hour",
            ),
        ]
    )


def _burns(one: dict[str, Any]) -> Sequence[Row]:
    return [
        Row(
            [
                Cell(one["slo"]),
                Cell(f"{burn['rate']:g}×"),
                Cell(f"{burn['long_s'] / 3600:g} h and {burn['short_s'] / 60:g} min"),
                known(None if burn["burn"] is None else f"{burn['burn']:.2f}×"),
                said(_STATES.get(burn["band"], UNKNOWN)),
                Cell(burn["severity"]),
            ]
        )
        for burn in one["burns"]
    ]


def _series(one: dict[str, Any], told_from: float, timezone: str) -> Row:
    surprise = one["surprise"]
    odd = surprise is not None and surprise >= told_from
    since = one["learnt_since"]
    return Row(
        [
            Cell(one["series"]),
            Cell(one["of"]),
            Cell(one["detector"]),
            Cell(str(one["points"])),
            known(None if since is None else printed.instant(since, timezone)),
            known(None if one["last_value"] is None else f"{one['last_value']:.4g}"),
            Cell("learning", css="wk-none")
            if surprise is None
            else Cell(f"{surprise:.2f}", css="wk-intervene wk-strong" if odd else ""),
        ]
    )


def _accepted(watched: dict[str, Any]) -> str:
    if watched["told_from"] is None:
        return ""
    pages, level = watched["false_pages_a_week"], watched["told_from"]
    return f"{pages:g} false pages a week in all: told from {level:.2f} on"


def _share(share: float | None) -> Cell:
    if share is not None and share < 0:
        return Cell(percent_text(share), css="wk-intervene")
    return known(printed.percent(share))
