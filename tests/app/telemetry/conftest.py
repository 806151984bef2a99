"""A server whose telemetry a test has filled."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi import APIRouter

from watchkeeper.app import start
from watchkeeper.app.client import ApiClient
from watchkeeper.app.engines import OpenEngines
from watchkeeper.app.handle import Handle
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.app.settings import Section, Settings
from watchkeeper.domain.span import Span
from watchkeeper.gateway.ports import BaselineEngine
from watchkeeper.monitoring.rules.rule import Rule
from watchkeeper.telemetry.telemetry_batch import TelemetryBatch
from watchkeeper.testing.clock import MovedClock

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)
"""A Saturday."""


@dataclass
class Office:
    """A running server, its clock at noon, its stores at hand."""

    handle: Handle
    client: ApiClient
    services: Services
    clock: MovedClock
    data_dir: Path
    numbers: list[int] = field(default_factory=list)

    def hears(self, *spans: Span, **rows: Any) -> None:
        """Take rows into its telemetry."""
        self.services.telemetry.append(TelemetryBatch(spans=spans, **rows), received_at=self.clock.now())

    def get(self, path: str, **params: Any) -> Any:
        return self.client.get(path, params)


class StockResearch:
    """A workload whose items are stocks."""

    id = "stock-research"
    title = "Stock research"
    item_name = "stock"
    settings_model = Section

    def routers(self) -> list[APIRouter]:
        return []

    def agents(self) -> dict[str, tuple[str, ...]]:
        return {}

    def rules(self) -> tuple[Rule, ...]:
        return ()

    def figures(self) -> dict[str, Any]:
        return {}

    def name_words(self) -> frozenset[str]:
        return frozenset()

    def baseline_engines(self) -> dict[str, BaselineEngine]:
        return {}


@pytest.fixture
def office(tmp_path: Path, open_in_memory: Callable[[ServerState], OpenEngines]) -> Iterator[Office]:
    """A server in Stockholm, with stores in memory, at noon UTC of a Saturday."""
    opened: list[Services] = []
    clock = MovedClock(NOON)

    def open_engines(state: ServerState) -> OpenEngines:
        engines = open_in_memory(state)
        opened.append(engines.services)
        return engines

    settings = Settings.model_validate(
        {
            "timezone": "Europe/Stockholm",
            "server": {"port": 0},
            "budgets": [
                {"name": "total", "limit_usd": "2000"},
                {"name": "batch", "workload": "stock-research", "limit_usd": "1200"},
                {"name": "infrastructure", "entered_only": True, "limit_usd": "200"},
            ],
        }
    )
    handle = start(
        settings,
        data_dir=tmp_path / "data",
        installed=(StockResearch(),),
        open_engines=open_engines,
        clock=clock,
    )
    with ApiClient(handle.address) as client:
        yield Office(handle, client, opened[0], clock, tmp_path / "data")
    handle.stop()
