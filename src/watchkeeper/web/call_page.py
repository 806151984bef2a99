"""A call: what it was asked and answered, what it used and cost, how it was judged (FA-74)."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import Request
from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import addresses, printed
from watchkeeper.web.feedback_form import feedback_form, feedback_table
from watchkeeper.web.frame import PATIENCE_S, heading, page_frame, section, tell_failure, trail
from watchkeeper.web.refreshing import Refreshing
from watchkeeper.web.step_detail import facts_html, said_html, span_facts
from watchkeeper.web.tables import Cell, Column, Row, table

_EVALUATIONS = (
    Column("when"),
    Column("what"),
    Column("score", number=True),
    Column("verdict"),
    Column("by"),
    Column("why"),
)
_IDS = (
    ("trace", "trace_id"),
    ("span", "span_id"),
    ("called by", "parent_span_id"),
    ("run", "run_id"),
    ("document", "item_id"),
    ("conversation", "conversation_id"),
    ("receipt", "receipt_id"),
)
_LOADED_S = 2.0
_ATTRIBUTES = (Column("attribute"), Column("value"))


class CallView:
    """One visitor's view of one call."""

    def __init__(self, client: AsyncApiClient, where: tuple[str, str], timezone: str, refresh: str) -> None:
        self._client = client
        self._path = addresses.call(*where)
        self._timezone = timezone
        self._refreshing = Refreshing(
            refresh, self._again, lambda word: addresses.with_query(self._path, refresh=word)
        )

    async def build(self) -> None:
        """Put everything on the page."""
        try:
            found = await self._client.get(self._path)
        except WatchkeeperError as error:
            tell_failure(error)
            return
        call, span = found["row"], found["span"]
        heading(call["name"])
        self._refreshing.build()
        with ui.element("div").classes("wk-two"):
            _box("facts", facts_html(self._facts(span)))
            _box("ids", facts_html(_ids(span)))
        with ui.element("div").classes("wk-two"):
            with ui.element("section"):
                section("Prompt")
                _box("prompt", said_html(found["prompt"], span["prompt_preview"]))
            with ui.element("section"):
                section("Reply")
                _box("reply", said_html(found["reply"], span["reply_preview"]))
        self._judged = ui.refreshable(self._judgements)
        await self._judged(found)
        section("Your feedback")
        about = {name: call[name] for name in ("workload", "trace_id", "span_id")}
        feedback_form(about, self._sent)
        _attributes(span["attributes"])

    def _facts(self, span: Mapping[str, Any]) -> list[tuple[str, str]]:
        began = printed.instant_of_ns(span["start_ns"], self._timezone)
        return [("began", f"{began} ({self._timezone})"), *span_facts(span)]

    async def _again(self) -> None:
        await self._judged.refresh(None)

    async def _sent(self) -> None:
        """Feedback is on disk when it is answered, and to be read a moment later."""
        await self._again()
        ui.timer(_LOADED_S, self._again, once=True)

    async def _judgements(self, found: Mapping[str, Any] | None) -> None:
        """Scores and feedback: what still comes when the call is over."""
        if found is None:
            try:
                found = await self._client.get(self._path)
            except WatchkeeperError as error:
                tell_failure(error)
                return
        section("Evaluations")
        _evaluations(found["evaluations"], self._timezone)
        section("Feedback")
        feedback_table(found["feedback"], self._timezone)


def _box(mark: str, inner: str) -> None:
    ui.html(inner, sanitize=False).classes("wk-box").props(f'id="{mark}"')


def _ids(span: Mapping[str, Any]) -> list[tuple[str, str]]:
    facts = [(name, _id_html(span, key)) for name, key in _IDS if span[key] is not None]
    return facts or [("ids", printed.NO_DATA)]


def _id_html(span: Mapping[str, Any], key: str) -> str:
    links = {
        "trace_id": addresses.trace(span["trace_id"], step=span["span_id"]),
        "parent_span_id": addresses.call(span["trace_id"], span["parent_span_id"] or ""),
        "run_id": addresses.run(span["run_id"] or ""),
        "receipt_id": addresses.receipts(run_id=span["run_id"], document=span["item_id"]),
    }
    return addresses.link_html(str(span[key]), links.get(key))


def _evaluations(rows: Sequence[Mapping[str, Any]], timezone: str) -> None:
    shown = [
        Row(
            (
                Cell(printed.instant_of_ns(one["ts_ns"], timezone), css="wk-word"),
                Cell(one["name"]),
                Cell("" if one["value"] is None else f"{one['value']:g}"),
                Cell(one["label"] or ("✕ failed" if one["error"] else "")),
                Cell(one["evaluator"] or ""),
                Cell(one["explanation"] or one["error"] or "", css="wk-long"),
            )
        )
        for one in rows
    ]
    table(_EVALUATIONS, shown, mark="evaluations", empty="nothing has judged it: no data")


def _attributes(attributes: Mapping[str, Any]) -> None:
    section("Attributes", "what the sender told beside")
    rows = [
        Row((Cell(name), Cell(printed.value(attributes[name]), css="wk-long"))) for name in sorted(attributes)
    ]
    table(_ATTRIBUTES, rows, mark="attributes", empty="none")


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/calls/{trace_id}/{span_id}", response_timeout=PATIENCE_S)
    async def call_page(trace_id: str, span_id: str, request: Request) -> None:
        with page_frame("Call", at="/calls"):
            trail(("Calls", "/calls"), ("its trace", addresses.trace(trace_id, step=span_id)), ("call", None))
            refresh = request.query_params.get("refresh", "")
            await CallView(client, (trace_id, span_id), timezone, refresh).build()
