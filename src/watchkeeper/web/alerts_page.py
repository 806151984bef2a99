"""The alerts: what is wrong now, who was told, what was in 24 hours, taking on, silencing (HE-54, HE-57)."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed
from watchkeeper.web.act_form import Act, act_form, select_html, text_html
from watchkeeper.web.alert_history import (
    history_chart,
    history_table,
    letter_table,
    mute_table,
    recurring_table,
)
from watchkeeper.web.cards import card_row, figure_card
from watchkeeper.web.frame import heading, page_frame, section, tell, tell_failure
from watchkeeper.web.tables import Cell, Column, Row, known, said, table
from watchkeeper.web.words import Said

REFRESH_S = 30.0
"""How often the page asks again by itself (HE-58)."""
_ACTIVE = (
    Column("severity"),
    Column("level"),
    Column("state"),
    Column("since"),
    Column("what"),
    Column("value", number=True),
    Column("threshold", number=True),
    Column("told again"),
    Column("answer by"),
    Column("taken on by"),
)
LEVELS = {"CRITICAL": "wk-intervene", "WARNING": "wk-watch", "INFO": ""}
_SILENCES = (("900", "15 min"), ("3600", "1 h"), ("14400", "4 h"), ("86400", "1 day"))


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/alerts")
    async def alerts_page() -> None:
        with page_frame("Alerts", at="/alerts"):
            heading("Alerts")
            offered: list[dict[str, Any]] = []

            @ui.refreshable
            def form() -> None:
                _act(offered, content.refresh)

            @ui.refreshable
            async def content() -> None:
                try:
                    found = await client.get("/alerts")
                    if _ids(found["alerts"]) != _ids(offered):
                        # Only then: else the form stays as it is while somebody writes in it.
                        offered[:] = found["alerts"]
                        form.refresh()
                    await _content(client, found, timezone)
                except WatchkeeperError as error:
                    tell_failure(error)

            form()
            await content()
            ui.timer(REFRESH_S, content.refresh, immediate=False)


def _ids(alerts: Sequence[dict[str, Any]]) -> list[str]:
    return [one["alert_id"] for one in alerts]


async def _content(client: AsyncApiClient, found: dict[str, Any], timezone: str) -> None:
    _figures(found, await client.get("/health"), timezone)
    _failing_channels(await client.get("/notifications/channels"))
    section("Active", "the worst first")
    table(
        _ACTIVE,
        [_row(one, timezone) for one in found["alerts"]],
        mark="active",
        empty="no alert is active",
    )
    section("The last 24 hours", "alerts that fired, by the hour")
    history_chart(await client.get("/alerts/trend"), timezone)
    history_table(await client.get("/alerts/history"), timezone)
    section("Silences and maintenance", "recorded, and nobody is told")
    mute_table([*await client.get("/silences"), *await client.get("/maintenance")], timezone)
    recurring_table(await client.get("/maintenance/recurring"), timezone)
    section("Told", "in the last 24 hours")
    letter_table(await client.get("/notifications"), timezone, mark="letters")


def _figures(found: dict[str, Any], health: dict[str, Any], timezone: str) -> None:
    active = found["active"]
    looked = health["looked_at"]
    with card_row("figures"):
        for level in ("critical", "warning"):
            count, css = active[level], LEVELS[level.upper()]
            # That none fires says nothing good while nobody looks.
            none = "wk-good" if health["monitor"]["running"] else ""
            figure_card(level, str(count), word=Said("", css if count else none), note="alerts that fire")
        score = health["score"]
        bands = {"healthy": "wk-good", "degraded": "wk-watch", "critical": "wk-intervene"}
        figure_card(
            "health, the worst workload",
            None if score is None else f"{score:g}",
            word=Said(health["state"], bands.get(health["state"], "")),
            note="of 100" if score is not None else "nothing is known",
        )
        figure_card(
            "the monitor looked",
            None if looked is None else printed.instant(looked, timezone),
            note="" if looked else "not since the server started",
        )


def _failing_channels(channels: Sequence[dict[str, Any]]) -> None:
    for one in channels:
        if one["failing"]:
            tell(
                f"channel {one['channel']} has failed {one['failing']} times in a row: {one['problem']}",
                "see `wk alerts channels`; what waits is sent once it works",
            )


def _row(one: dict[str, Any], timezone: str) -> Row:
    taken_on = one["acknowledgement"]
    return Row(
        (
            Cell(one["severity"]),
            said(Said(one["level"], LEVELS[one["level"]])),
            Cell(one["state"]),
            Cell(printed.instant(one["begun_at"], timezone), css="wk-word"),
            Cell(one["message"], css="wk-long", more=f"{one['rule']}, cause: {one['cause']}"),
            _figure(one["value"], one["unit"]),
            _figure(one["threshold"], one["unit"]),
            _told_again(one, timezone),
            _answer_by(one, timezone),
            Cell("nobody" if taken_on is None else taken_on["by"], more=(taken_on or {}).get("note") or ""),
        )
    )


def _figure(value: float | None, unit: str) -> Cell:
    return known(None if value is None else f"{value:.2f} {unit}".rstrip())


def _told_again(one: dict[str, Any], timezone: str) -> Cell:
    if one["muted"]:
        return Cell(one["muted"], css="wk-long")
    if one["repeats_at"] is None:
        return Cell("not yet told" if one["told_at"] is None else "no more")
    return Cell(printed.instant(one["repeats_at"], timezone), css="wk-word")


def _answer_by(one: dict[str, Any], timezone: str) -> Cell:
    page = one["next_page"]
    more = "" if page is None else f"{page['to']} is paged at {printed.instant(page['at'], timezone)}"
    by = one["respond_by"]
    return Cell("" if by is None else printed.instant(by, timezone), css="wk-word", more=more)


def _act(alerts: Sequence[dict[str, Any]], done: Callable[[], Awaitable[None]]) -> None:
    if not alerts:
        return
    fields = (
        select_html("alert", "alert", [(one["alert_id"], one["message"]) for one in alerts])
        + text_html("by", "your name", hint="or your key's")
        + text_html("note", "what you know")
        + select_html("length", "silence for", _SILENCES)
    )
    take_on = Act(
        text="take on",
        path="/alerts/{alert}/acknowledge",
        body={"by": "{by}", "note": "{note}"},
        done="taken on",
    )
    silence = Act(
        text="silence",
        path="/silences",
        body={
            "match": {"alert_id": "{alert}"},
            "for_s": "{length}",
            "reason": "{note}",
            "by": "{by}",
        },
        done="silent from the next look on",
    )
    act_form("act", fields, (take_on, silence), done)
