"""A recommender over HTTP with a fault switch inside, once a module."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest

from watchkeeper.app.settings import Settings
from watchkeeper.testing.fault_switch import FaultSwitch
from watchkeeper.workloads.recommender.corpus.generation import Corpus, generate
from watchkeeper.workloads.recommender.serving import serving_in_thread
from watchkeeper.workloads.recommender.settings import RecommenderSettings

SETTINGS = Settings(workloads={"recommender": RecommenderSettings(component_limit_s=1.0)})
"""Longer than by default: the machine of tests is busy."""


@dataclass(frozen=True)
class Served:
    client: httpx.Client
    switch: FaultSwitch
    data_dir: Path

    def ask(self, query: object = "anvil and bellows", **more: object) -> httpx.Response:
        return self.client.post("/recommend", json={"query": query, **more})

    def log_lines(self, name: str, come: Callable[[list[Any]], object]) -> list[Any]:
        """The lines of a log, once those have come that a thread writes; fails where they do not."""
        path = self.data_dir / "sdk" / "recommender" / "logs" / name
        for _ in range(500):
            lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
            if lines and come(lines):
                return lines
            Event().wait(0.02)
        raise AssertionError(f"the lines did not come into {name}")


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    switch, data_dir = FaultSwitch(), tmp_path_factory.mktemp("data")
    around: Callable[[Any], Any] = lambda ranker: switch.component(ranker, "rank")  # noqa: E731
    with (
        serving_in_thread(SETTINGS, data_dir, around=around) as url,
        httpx.Client(base_url=url, timeout=30) as client,
    ):
        yield Served(client, switch, data_dir)
        switch.heal()


@pytest.fixture
def served(serving: Served) -> Served:
    serving.switch.heal()
    return serving


@pytest.fixture(scope="session")
def corpus() -> Corpus:
    return generate(1)
