"""The query log: the last 50 queries applications served, filtered and sorted (HE-56)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses, printed
from watchkeeper.web.control_form import ControlForm, Field
from watchkeeper.web.frame import PATIENCE_S, heading, page_frame, tell_failure
from watchkeeper.web.refreshing import Refreshing
from watchkeeper.web.sorting import Sorting
from watchkeeper.web.tables import Cell, Column, Row, counted, table
from watchkeeper.web.time_choice import time_choice

PATH = "/queries"
SHOWN = 50
_STATUSES = (("", "all"), ("ok", "✓ ok"), ("failed", "✕ failed"), ("degraded", "▲ degraded"))
_ASKED_OF_STATUS = {
    "ok": {"failed": "false"},
    "failed": {"failed": "true"},
    "degraded": {"degraded": "true"},
}
_FIELDS = (
    Field(name="status", label="level", kind="select", choices=_STATUSES),
    Field(name="workload", label="workload", hint="any"),
    Field(name="query_type", label="query type", hint="any"),
    Field(name="query_id", label="query id", hint="any"),
)
_NAMES = ("workload", "query_type", "query_id")
_COLUMNS = (
    Column("query"),
    Column("began"),
    Column("workload"),
    Column("type"),
    Column("results", number=True),
    Column("latency", number=True),
    Column("tokens", number=True),
    Column("NDCG@10", number=True),
    Column("components"),
    Column("status"),
    Column("text"),
)
_SORTS = {
    "query": "query_id",
    "began": "ts_ns",
    "workload": "workload",
    "type": "query_type",
    "results": "results",
    "latency": "latency_ms",
    "tokens": "tokens_generated",
    "NDCG@10": "ndcg",
}


class QueriesView:
    """One visitor's view of the query log; everything it stands at is in the address."""

    def __init__(self, client: AsyncApiClient, query: Mapping[str, str], home: str) -> None:
        self._client = client
        self._query = query
        self._time = time_choice(query, home, usual="30d")
        self._found: dict[str, Any] | WatchkeeperError = {}
        self._sorting = Sorting(query.get("sort", ""), _SORTS)
        self._refreshing = Refreshing(
            query.get("refresh", ""), self._again, lambda word: self._address(refresh=word)
        )

    async def build(self) -> None:
        """Put everything on the page."""
        ControlForm(PATH, _FIELDS, self._query, time=self._time).build(kept=("refresh", "sort"))
        self._refreshing.build()
        self._content = ui.refreshable(self._queries)
        await self._ask()
        self._content()

    async def _again(self) -> None:
        """Ask first, and draw then: what stands is read until the answer is there."""
        await self._ask()
        self._content.refresh()

    async def _ask(self) -> None:
        asked: dict[str, Any] = {**self._time.asked(), "limit": SHOWN}
        asked |= _ASKED_OF_STATUS.get(self._query.get("status", ""), {})
        asked |= {name: self._query[name] for name in _NAMES if self._query.get(name)}
        try:
            self._found = await self._client.get(PATH, asked)
        except WatchkeeperError as error:
            self._found = error

    def _queries(self) -> None:
        found = self._found
        if isinstance(found, WatchkeeperError):
            tell_failure(found)
            return
        rows = self._sorting.sorted(found["rows"])
        _table(
            rows, self._time.timezone, self._sorting.columns(_COLUMNS, lambda word: self._address(sort=word))
        )
        if found["more"]:
            ui.label(f"the newest {SHOWN}; there are more in this time").classes("wk-note")

    def _address(self, **other: str) -> str:
        chosen = {field.name: self._query.get(field.name) for field in _FIELDS}
        query = {
            **self._time.query(),
            **chosen,
            "sort": self._sorting.word,
            "refresh": self._refreshing.word,
        }
        return addresses.with_query(PATH, **{**query, **other})


def _table(rows: Sequence[Mapping[str, Any]], timezone: str, columns: Sequence[Column]) -> None:
    none = "no query in this time, with these filters: no data; `watchkeeper.record_query` records one"
    table(columns, [_row(one, timezone) for one in rows], mark="queries", empty=none)


def _row(one: Mapping[str, Any], timezone: str) -> Row:
    trace = None if one["trace_id"] is None else addresses.trace(one["trace_id"])
    return Row(
        (
            Cell(one["query_id"], link=trace),
            Cell(printed.instant_of_ns(one["ts_ns"], timezone), css="wk-word"),
            Cell(one["workload"]),
            Cell(one["query_type"] or ""),
            counted(one["results"]),
            Cell(printed.duration(one["latency_ms"])),
            counted(one["tokens_generated"]),
            Cell("", css="wk-none") if one["ndcg"] is None else Cell(f"{one['ndcg']:.3f}"),
            Cell(" › ".join(one["components"])),
            _status(one),
            Cell(one["text"] or "not kept", css="wk-preview" if one["text"] else "wk-none"),
        )
    )


def _status(one: Mapping[str, Any]) -> Cell:
    if one["error"] is not None:
        return Cell(f"✕ {one['error']}", css="wk-intervene wk-long")
    if one["degraded"]:
        return Cell("▲ degraded", css="wk-word wk-watch")
    return Cell("✓ ok", css="wk-word wk-good")


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page(PATH, response_timeout=PATIENCE_S)
    async def queries_page(request: Request) -> None:
        with page_frame("Queries", at=PATH):
            heading("Queries")
            await QueriesView(client, request.query_params, timezone).build()
