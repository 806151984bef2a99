"""Twin agreement: how often independent readers agree, over time, by agent and by field (GF-27, GF-58)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed, words
from watchkeeper.web.cards import card_row, figure_card
from watchkeeper.web.control_form import ControlForm, Field
from watchkeeper.web.frame import heading, page_frame, section, tell_failure
from watchkeeper.web.series_chart import Line, line_chart
from watchkeeper.web.tables import Cell, Column, Row, known, table

PATH = "/twins"
WORKLOAD = "annual-reports"
_WINDOW = 2_000
"""Documents looked back on: more than the 200 of a whole course of learning, with their repeats."""
_FIELDS = (
    Field(name="workload", label="workload", hint=WORKLOAD),
    Field(name="run", label="run", hint="every one"),
)
_GROUPS = (
    Column("agent"),
    Column("fields", number=True),
    Column("agree", number=True),
    Column("rate", number=True),
)
_DAYS = (Column("day"), *_GROUPS[1:])
_BY_FIELD = (
    Column("field"),
    Column("documents", number=True),
    Column("agree", number=True),
    Column("rate", number=True),
)


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(PATH)
    async def twins_page(request: Request) -> None:
        query = request.query_params
        with page_frame("Twins", at=PATH):
            heading("Twin agreement")
            ControlForm(PATH, _FIELDS, query, time=None).build(kept=())
            asked = {
                "workload": query.get("workload") or WORKLOAD,
                "run_id": query.get("run") or None,
                "window": _WINDOW,
            }
            try:
                found = await client.get("/twins/agreement", asked)
            except WatchkeeperError as error:
                tell_failure(error)
                return
            _cards(found)
            _course(found["days"], timezone)
            section("Agents", "the least agreed first")
            _groups(_GROUPS, found["agents"], mark="agents")
            section("Days", "the newest first")
            days = [_group(one) for one in reversed(found["days"])]
            table(_DAYS, days, mark="days", empty="no document was read by two readers: no data")
            section("Fields", "the least agreed first")
            _by_field(found["fields"])


def _cards(found: Mapping[str, Any]) -> None:
    with card_row("figures"):
        figure_card(
            "twins agree on",
            printed.percent(found["agreement"]),
            word=words.band(found["band"]),
            note="of fields; 80 % are aimed at, below 60 % somebody should look",
        )
        figure_card("documents", str(found["documents"]), note=f"the last {printed.value(_WINDOW)} at most")
        least = min(found["fields"], key=lambda one: one["rate"], default=None)
        figure_card(
            "least agreed field",
            None if least is None else printed.percent(least["rate"]),
            note="" if least is None else least["field"],
        )


def _course(days: Sequence[Mapping[str, Any]], timezone: str) -> None:
    points = [(datetime.fromisoformat(f"{one['name']}T12:00:00+00:00"), one["rate"]) for one in days]
    line_chart(
        [Line(name="agreement", points=points)],
        mark="course",
        title="Agreement from day to day",
        timezone=timezone,
        share=True,
    )


def _groups(columns: Sequence[Column], groups: Sequence[Mapping[str, Any]], *, mark: str) -> None:
    rows = [_group(one) for one in sorted(groups, key=lambda one: (one["rate"], one["name"]))]
    table(columns, rows, mark=mark, empty="no document was read by two readers: no data")


def _group(one: Mapping[str, Any]) -> Row:
    return Row((Cell(one["name"]), *_counts(one["fields"], one)))


def _by_field(fields: Sequence[Mapping[str, Any]]) -> None:
    rows = [
        Row((Cell(one["field"]), *_counts(one["documents"], one)))
        for one in sorted(fields, key=lambda one: (one["rate"], one["field"]))
    ]
    table(_BY_FIELD, rows, mark="fields", empty="no document was read by two readers: no data")


def _counts(of: int, one: Mapping[str, Any]) -> tuple[Cell, Cell, Cell]:
    return Cell(str(of)), Cell(str(one["agree"])), known(printed.percent(one["rate"]))
