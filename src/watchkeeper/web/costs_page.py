"""What calls cost: the month and where it will end, by anything, for each unit, beside budgets (FA-72)."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses
from watchkeeper.web.control_form import ControlForm, Field
from watchkeeper.web.cost_export import export_links
from watchkeeper.web.cost_month import BudgetLine, budget_line, month_cards
from watchkeeper.web.cost_tables import cost_table, day_chart, entered_table, unit_chart, unit_table
from watchkeeper.web.frame import PATIENCE_S, heading, page_frame, section, tell_failure
from watchkeeper.web.refreshing import Refreshing
from watchkeeper.web.time_choice import CUSTOM, time_choice

PATH = "/costs"
_BY = ("model", "workload", "agent", "day")
"""Each a table; the days, last, are a chart first."""
_FIELDS = (
    Field(name="month", label="or a month", kind="month"),
    Field(name="workload", label="workload", hint="any"),
)


class CostsView:
    """One visitor's view of the costs; everything it stands at is in the address."""

    def __init__(self, client: AsyncApiClient, query: Mapping[str, str], home: str) -> None:
        self._client = client
        self._query = query
        self._time = time_choice(query, home, usual="30d")
        self._found: Sequence[Any] | WatchkeeperError = ()
        self._month = query.get("month", "")
        self._refreshing = Refreshing(
            query.get("refresh", ""), self._again, lambda word: self._address(refresh=word)
        )

    async def build(self) -> None:
        """Put everything on the page."""
        ControlForm(PATH, _FIELDS, self._query, time=self._time).build()
        self._refreshing.build()
        self._content = ui.refreshable(self._costs)
        await self._ask()
        self._content()

    async def _again(self) -> None:
        """Ask first, and draw then: what stands is read until the answer is there."""
        await self._ask()
        self._content.refresh()

    async def _ask(self) -> None:
        asked = self._asked()
        try:
            self._found = await gather(
                self._of_month(asked["workload"]),
                self._client.get("/costs/units", asked),
                *(self._client.get("/costs", {**asked, "by": by}) for by in _BY),
            )
        except WatchkeeperError as error:
            self._found = error

    def _costs(self) -> None:
        if isinstance(self._found, WatchkeeperError):
            tell_failure(self._found)
            return
        asked = self._asked()
        month, units, *tables = self._found
        section(f"Month {month[0]['month']}", "USD")
        month_cards(*month)
        section("By day", self._of_time())
        day_chart(tables[-1], self._time.timezone)
        with ui.element("details").props('id="days-table"'):
            ui.html("the days as a table", sanitize=False, tag="summary")
            cost_table(tables[-1], "day")
        export_links({**asked, "by": "day"}, tables[-1])
        with ui.element("div").classes("wk-two wk-wide-two"):
            for by, found in zip(_BY[:-1], tables, strict=False):
                with ui.element("section"):
                    section(f"By {by}", self._of_time())
                    cost_table(found, by)
                    export_links({**asked, "by": by}, found)
        entered_table(tables[0], self._time.timezone)
        section("For each unit", "known costs over units, where every cost is known")
        unit_table(units["units"])
        unit_chart(units, self._time.timezone)

    async def _of_month(self, workload: str | None) -> tuple[Mapping[str, Any], Sequence[BudgetLine]]:
        """The month's forecast and budgets: of the month chosen, else of this one."""
        if self._month:
            review = await self._client.get(
                f"/costs/months/{addresses.part(self._month)}", {"timezone": self._time.timezone}
            )
            return review["forecast"], [budget_line(one, one["budget"]) for one in review["budgets"]]
        forecast, budgets = await gather(
            self._client.get("/costs/forecast", {"workload": workload, "timezone": self._time.timezone}),
            self._client.get("/budgets"),
        )
        return forecast, [budget_line(one, f"{one['name']}, {one['period']}") for one in budgets]

    def _asked(self) -> dict[str, str | None]:
        time = self._time.asked()
        if self._month:
            time = {"since": self._month, "until": self._month, "timezone": self._time.timezone}
        return {**time, "workload": self._query.get("workload") or None}

    def _of_time(self) -> str:
        if self._month:
            return f"of {self._month}"
        if self._time.range == CUSTOM:
            return f"from {self._time.begins or '…'} to {self._time.ends or 'now'}"
        return f"of the last {self._time.range}"

    def _address(self, **other: str) -> str:
        query = {
            **self._time.query(),
            "month": self._month,
            "workload": self._query.get("workload"),
            "refresh": self._refreshing.word,
        }
        return addresses.with_query(PATH, **{**query, **other})


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(PATH, response_timeout=PATIENCE_S)
    async def costs_page(request: Request) -> None:
        with page_frame("Costs", at=PATH):
            heading("Costs")
            await CostsView(client, request.query_params, timezone).build()
