"""The calls: newest first, filtered, searched, sorted, a page at a time; the address says which (FA-74)."""

from asyncio import gather
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses
from watchkeeper.web.call_filters import FIELDS, OFFERED, SEARCH, asked_of, chosen_in
from watchkeeper.web.call_table import SORTS, call_table
from watchkeeper.web.control_form import ControlForm, offer
from watchkeeper.web.frame import PATIENCE_S, heading, page_frame, tabs, tell_failure
from watchkeeper.web.refreshing import Refreshing
from watchkeeper.web.sorting import Sorting
from watchkeeper.web.time_choice import TimeChoice, time_choice

PATH = "/calls"
SHOWN = 50
"""Calls on one page."""
_REMEMBERED = 20
"""Pages an address leads back over."""
_OFFERED_VALUES = 100


class CallsView:
    """One visitor's view of the calls; everything it stands at is in the address."""

    def __init__(self, client: AsyncApiClient, request: Request, home: str) -> None:
        self._client = client
        self._query: Mapping[str, str] = request.query_params
        self._places: Sequence[str] = request.query_params.getlist("p")[-_REMEMBERED:]
        """Where the pages before this one began, the present one last; none on the first page."""
        self._time = time_choice(self._query, home)
        self._found: dict[str, Any] | WatchkeeperError = {}
        self._sorting = Sorting(self._query.get("sort", ""), SORTS)
        self._refreshing = Refreshing(
            self._query.get("refresh", ""), self._again, lambda word: self._address(refresh=word)
        )

    async def build(self) -> None:
        """Put everything on the page."""
        form = ControlForm(PATH, (*FIELDS, SEARCH), self._query, time=self._time)
        form.build(kept=("refresh", "sort"))
        self._refreshing.build()
        self._content = ui.refreshable(self._calls)
        await self._ask()
        self._content()
        ui.timer(0.1, self._offer, once=True)

    async def _again(self) -> None:
        """Ask first, and draw then: what stands is read until the answer is there."""
        await self._ask()
        self._content.refresh()

    async def _ask(self) -> None:
        asked = {**asked_of(self._query), **self._time.asked(), "limit": SHOWN}
        asked["after"] = self._places[-1] if self._places else None
        try:
            self._found = await self._client.get(PATH, asked)
        except WatchkeeperError as error:
            self._found = error

    def _calls(self) -> None:
        found = self._found
        if isinstance(found, WatchkeeperError):
            tell_failure(found)
            return
        call_table(
            found["calls"],
            self._time.timezone,
            sorting=self._sorting,
            address=lambda word: self._address(sort=word),
            empty="no call in this time, with these filters: no data",
        )
        self._turning(found["next"])

    def _turning(self, on: str | None) -> None:
        choices = []
        if self._places:
            choices.append(("« newest", self._address(p=()), False))
            choices.append(("‹ newer", self._address(p=self._places[:-1]), False))
        if on is not None:
            choices.append(("older ›", self._address(p=(*self._places, on)[-_REMEMBERED:]), False))
        if choices:
            tabs(choices, mark="turning")

    async def _offer(self) -> None:
        """Offer the values there are, after the page stands; without them the fields still work."""
        try:
            found = await gather(*(values_of(self._client, name, self._time) for name in OFFERED))
        except WatchkeeperError:
            return
        for name, values in zip(OFFERED, found, strict=True):
            offer(name, values)

    def _address(self, **other: str | Sequence[str]) -> str:
        query: dict[str, Any] = {
            **self._time.query(),
            **chosen_in(self._query),
            "sort": self._sorting.word,
            "refresh": self._refreshing.word,
            "p": self._places,
        }
        return addresses.with_query(PATH, **{**query, **other})


async def values_of(client: AsyncApiClient, name: str, time: TimeChoice) -> list[str]:
    """The values a dimension of calls has in a time, most calls first."""
    found = await client.get("/figures", {"by": name, **time.asked()})
    values = [row["group"][name] for row in found["rows"]]
    return [str(one) for one in values if one is not None][:_OFFERED_VALUES]


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(PATH, response_timeout=PATIENCE_S)
    async def calls_page(request: Request) -> None:
        with page_frame("Calls", at=PATH):
            heading("Calls")
            await CallsView(client, request, timezone).build()
