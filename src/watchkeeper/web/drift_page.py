"""Drift: whether models answer as they did, and the references calls are held against."""

from typing import Any

from nicegui import ui

from watchkeeper.app.page_client import AsyncApiClient
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.web import printed
from watchkeeper.web.frame import heading, page_frame, section, tell_failure
from watchkeeper.web.tables import Cell, Column, Row, said, table
from watchkeeper.web.words import UNKNOWN, Said

_MODELS = (
    Column("workload"),
    Column("model"),
    Column("answers"),
    Column("compared of before", number=True),
    Column("compared of now", number=True),
    Column("why"),
)
_REFERENCES = (
    Column("reference"),
    Column("rows", number=True),
    Column("columns"),
    Column("of"),
    Column("made at"),
)
_STATES = {
    "unchanged": Said("✓ as before", "wk-good"),
    "changed": Said("✕ changed", "wk-intervene wk-strong"),
    "questions changed": Said("▲ questions changed", "wk-watch"),
}


def register(client: AsyncApiClient, timezone: str) -> None:
    """Make the page known."""

    @ui.page("/drift")
    async def drift_page() -> None:
        with page_frame("Drift", at="/drift"):
            heading("Drift")
            try:
                models = await client.get("/drift/models")
                references = await client.get("/drift/references")
            except WatchkeeperError as error:
                tell_failure(error)
                return
            section("Models", "the last day against the week before it")
            table(_MODELS, [_model(one) for one in models], mark="models", empty="no model was called today")
            section("References")
            table(
                _REFERENCES,
                [_reference(one, timezone) for one in references],
                mark="references",
                empty="there is none; keep one with `wk drift reference add`",
            )


def _model(one: dict[str, Any]) -> Row:
    verdict = one["verdict"]
    signals = "\n".join(f"{signal['signal']}: {signal['drift']['reason']}" for signal in verdict["signals"])
    return Row(
        [
            Cell(one["workload"]),
            Cell(one["model"]),
            said(_STATES.get(verdict["state"], UNKNOWN)),
            Cell(str(verdict["reference_calls"])),
            Cell(str(verdict["current_calls"])),
            Cell(verdict["why"], more=signals),
        ]
    )


def _reference(one: dict[str, Any], timezone: str) -> Row:
    return Row(
        [
            Cell(f"{one['name']}@{one['version']}"),
            Cell(str(one["rows"])),
            Cell(", ".join(one["columns"])),
            Cell(one["source"]),
            Cell(printed.instant(one["made_at"], timezone)),
        ]
    )
