"""What people thought of answers: the list, each with its call, and how satisfied they are (W4-14, W4-15)."""

from collections.abc import Mapping
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.percent_text import percent_text
from watchkeeper.web import addresses, printed
from watchkeeper.web.cards import card_row, figure_card
from watchkeeper.web.control_form import ControlForm, Field
from watchkeeper.web.evaluation_told import FEEDBACK_PATH, evaluation_tabs
from watchkeeper.web.feedback_form import thumb
from watchkeeper.web.frame import PATIENCE_S, heading, page_frame, section, tell_failure
from watchkeeper.web.tables import Cell, Column, Row, table
from watchkeeper.web.time_choice import time_choice

SHOWN = 100
_RATINGS = (("", "all"), ("thumbs_up", "▲ good"), ("thumbs_down", "▼ bad"))
_FIELDS = (
    Field(name="rating", label="rating", kind="select", choices=_RATINGS),
    Field(name="workload", label="workload", hint="any"),
    Field(name="author", label="by", hint="anybody"),
)
_COLUMNS = (
    Column("when"),
    Column("workload"),
    Column("rating"),
    Column("comment"),
    Column("correction"),
    Column("by"),
    Column("about"),
)


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(FEEDBACK_PATH, response_timeout=PATIENCE_S)
    async def feedback_page(request: Request) -> None:
        query = request.query_params
        time = time_choice(query, timezone, usual="7d")
        with page_frame("Feedback", at="/evaluation"):
            heading("Feedback")
            evaluation_tabs(at=FEEDBACK_PATH)
            ControlForm(FEEDBACK_PATH, _FIELDS, query, time=time).build(kept=())
            workload = query.get("workload") or None
            chosen = {name: query.get(name) or None for name in ("rating", "author")}
            try:
                rated = await client.get("/feedback/satisfaction", {"workload": workload, **time.asked()})
                found = await client.get(
                    "/feedback", {"workload": workload, "limit": SHOWN, **chosen, **time.asked()}
                )
            except WatchkeeperError as error:
                tell_failure(error)
                return
            _satisfaction(rated)
            section(
                "What people said",
                "the newest first; wk eval dataset --corrections makes items of corrections",
            )
            rows = [_row(one, time.timezone) for one in found["rows"]]
            table(_COLUMNS, rows, mark="feedback", empty="nobody said anything in this time: no data")
            if found["more"]:
                ui.label(f"the newest {SHOWN}; there are more in this time").classes("wk-note")


def _satisfaction(rated: Mapping[str, Any]) -> None:
    share = rated["share"]
    with card_row("satisfaction"):
        figure_card(
            "satisfied",
            None if share is None else percent_text(share, decimals=1),
            note="nobody rated an answer in this time"
            if share is None
            else f"{rated['positive']} of {rated['total']} ratings",
        )


def _row(one: Mapping[str, Any], timezone: str) -> Row:
    return Row(
        (
            Cell(printed.instant_of_ns(one["ts_ns"], timezone), css="wk-word"),
            Cell(one["workload"]),
            thumb(one["rating"]),
            Cell(one["comment"] or "", css="wk-long"),
            Cell(one["correction"] or "", css="wk-long"),
            Cell(one["author"] or ""),
            _about(one),
        )
    )


def _about(one: Mapping[str, Any]) -> Cell:
    if one["trace_id"] is not None and one["span_id"] is not None:
        return Cell("the call", link=addresses.call(one["trace_id"], one["span_id"]))
    if one["trace_id"] is not None:
        return Cell("the trace", link=addresses.trace(one["trace_id"]))
    query_id = one["query_id"]
    return Cell(f"query {query_id}", link=addresses.with_query("/queries", query_id=query_id))
