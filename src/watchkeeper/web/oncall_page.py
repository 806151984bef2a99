"""On call: who answers now and next, who is paged after how long, and who was (FA-64, FA-66)."""

from collections.abc import Awaitable, Callable
from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed
from watchkeeper.web.act_form import Act, act_form, select_html, text_html
from watchkeeper.web.alert_history import letter_table
from watchkeeper.web.cards import card_row, figure_card
from watchkeeper.web.frame import heading, page_frame, section, tell_failure
from watchkeeper.web.tables import Cell, Column, Row, said, table
from watchkeeper.web.words import Said

REFRESH_S = 30.0
_STEPS = (Column("after", number=True), Column("paged"), Column("who that is"), Column("reached"))
_OVERRIDES = (
    Column("from"),
    Column("until"),
    Column("who"),
    Column("as"),
    Column("said by"),
    Column("reason"),
)
_LENGTHS = (("3600", "1 h"), ("14400", "4 h"), ("86400", "1 day"), ("604800", "1 week"))


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/oncall")
    async def oncall_page() -> None:
        with page_frame("On call", at="/oncall"):
            heading("On call")

            @ui.refreshable
            async def content() -> None:
                try:
                    _content(await client.get("/oncall"), timezone)
                except WatchkeeperError as error:
                    tell_failure(error)

            async def refresh() -> None:
                await content.refresh()

            await content()
            _stand_in_form(refresh)
            ui.timer(REFRESH_S, content.refresh, immediate=False)


def _content(found: dict[str, Any], timezone: str) -> None:
    with card_row("duty"):
        for when in ("now", "next"):
            duty = found[when]
            if duty is None:
                figure_card(f"on call {when}", None, note="set `oncall.people` and `oncall.contacts`")
                continue
            until = printed.instant(duty["ends_at"], timezone)
            begins = printed.instant(duty["begins_at"], timezone)
            stands_in = ", standing in" if "primary" in duty["overridden"] else ""
            figure_card(
                f"on call {when}",
                duty["primary"],
                note=f"then {duty['secondary'] or 'nobody'}{stands_in}; {begins} to {until}",
            )
        figure_card("paged for", ", ".join(found["severities"]), note="other alerts go by the routes")
    section("Escalation", "until somebody takes the alert on")
    table(_STEPS, [_step(one) for one in found["steps"]], mark="steps", empty="nobody is paged")
    section("Standing in")
    table(
        _OVERRIDES,
        [
            Row(
                (
                    Cell(printed.instant(one["begins_at"], timezone), css="wk-word"),
                    Cell(printed.instant(one["until"], timezone), css="wk-word"),
                    Cell(one["person"]),
                    Cell(one["role"]),
                    Cell(one["by"]),
                    Cell(one["reason"], css="wk-long"),
                )
            )
            for one in found["overrides"]
        ],
        mark="overrides",
        empty="nobody stands in",
    )
    section("Paged", "in the last 24 hours")
    letter_table(found["paged"], timezone, mark="paged")


def _step(one: dict[str, Any]) -> Row:
    reached = Said("✓ yes", "wk-good") if one["reached"] else Said("✕ no channel", "wk-intervene")
    return Row(
        (
            Cell(f"{one['after_s'] / 60:g} min"),
            Cell(one["to"]),
            Cell(one["person"] or "nobody"),
            said(reached),
        )
    )


def _stand_in_form(done: Callable[[], Awaitable[None]]) -> None:
    fields = (
        text_html("person", "who stands in", needed=True)
        + select_html("role", "as", [("primary", "primary"), ("secondary", "secondary")])
        + select_html("length", "for", _LENGTHS)
        + text_html("reason", "why", needed=True)
        + text_html("by", "your name", hint="or your key's")
    )
    act = Act(
        text="stand in from now on",
        path="/oncall/overrides",
        body={
            "person": "{person}",
            "role": "{role}",
            "for_s": "{length}",
            "reason": "{reason}",
            "by": "{by}",
        },
        done="noted",
    )
    act_form("stand-in", fields, (act,), done)
