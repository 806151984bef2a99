"""Preparing in a process beside the server's: the same rows, once, whatever dies in between."""

import json
import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.adapters.ingest_log.reader import LogReader
from watchkeeper.adapters.ingest_log.writer import LogWriter
from watchkeeper.app.ingest_preparing import ChildPreparer, PreparingPlan, preparer_of
from watchkeeper.costs import PriceOverride
from watchkeeper.domain.errors import StorageFullError, UnavailableError
from watchkeeper.telemetry.ingest_loading import IngestLoader
from watchkeeper.telemetry.ingest_log.record_format import LogEntry, RecordKind
from watchkeeper.telemetry.span_filter import EVERYTHING
from watchkeeper.testing.otlp import START_NS, otlp_span, trace_request
from watchkeeper.testing.telemetry import InMemoryTelemetry

SAID = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "own-model",
    "gen_ai.usage.input_tokens": 1000,
    "gen_ai.usage.output_tokens": 0,
    "gen_ai.input.messages": '[{"role":"user","parts":[{"type":"text","content":"Vad kostar mjölk?"}]}]',
}


class FailingStore(InMemoryTelemetry):
    """Takes nothing while told so."""

    fails = False

    def append(self, *args: Any, **kwargs: Any) -> Any:
        if self.fails:
            raise StorageFullError("no room", action="make some")
        return super().append(*args, **kwargs)


class Scene:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        plan = PreparingPlan(
            data_dir=folder,
            price_table="shipped",
            prices=(PriceOverride(provider="openai", model="own-model", prices={"input_mtok": Decimal(3)}),),
            opted_out=frozenset(),
            archive=None,
        )
        self.plan = plan
        self.preparer = ChildPreparer(plan)
        self.store = FailingStore()
        self.loader = IngestLoader(self.preparer, self.store, delete=LogReader(folder / "ingest").delete)
        self.written = 0

    def log(self, *numbers: int) -> None:
        self.written += 1
        log = LogWriter(self.folder / "ingest", f"{self.written:04d}")
        log.start()
        request = trace_request(*(otlp_span(number, attributes=SAID) for number in numbers))
        log.append(LogEntry(RecordKind.TRACES, START_NS, request.SerializeToString())).result(10)
        log.close()

    def loaded(self) -> list[int]:
        self.loader.run_once()
        return sorted(int(span.span_id, 16) for span in self.store.newest(EVERYTHING, 1000))


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    scene = Scene(tmp_path)
    yield scene
    scene.preparer.close()


def test_nothing_is_started_while_there_is_nothing_to_prepare(scene: Scene) -> None:
    assert scene.loaded() == []
    assert scene.preparer.pid is None


def test_rows_and_content_are_those_of_preparing_in_one_process(scene: Scene, tmp_path: Path) -> None:
    scene.log(1, 2)
    content = ContentPacks(tmp_path / "content", clock=SystemClock())
    (here,) = preparer_of(scene.plan, content).prepared({})

    assert scene.loaded() == [1, 2]
    spans = scene.store.newest(EVERYTHING, 10)
    assert [one["cost_usd"] for one in here.spans] == [Decimal("0.003")] * 2
    assert {span.cost_usd for span in spans} == {Decimal("0.003")}
    assert {span.prompt_sha256 for span in spans} == {one["prompt_sha256"] for one in here.spans}
    kept = content.get(str(spans[0].prompt_sha256))
    assert kept is not None
    assert json.loads(kept.data) == [{"role": "user", "content": "Vad kostar mjölk?"}]
    content.close()


def test_a_child_that_is_killed_costs_a_turn_and_no_row(scene: Scene) -> None:
    scene.log(1)
    assert scene.loaded() == [1]
    pid = scene.preparer.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    scene.log(2, 3)
    with suppress(UnavailableError):
        # Whether its death is seen before it is asked, or after, is chance.
        scene.loader.run_once()

    assert scene.loaded() == [1, 2, 3]
    assert scene.preparer.pid not in {None, pid}


def test_what_the_store_could_not_take_is_prepared_again(scene: Scene) -> None:
    scene.log(1)
    scene.store.fails = True
    with pytest.raises(StorageFullError):
        scene.loaded()
    scene.store.fails = False
    scene.log(2)

    assert scene.loaded() == [1, 2]


def test_a_content_folder_that_cannot_be_written_is_told_as_such(scene: Scene, tmp_path: Path) -> None:
    (tmp_path / "content").write_text("in the way")
    scene.log(1)
    with pytest.raises((StorageFullError, UnavailableError)) as told:
        scene.loaded()
    assert "content" in told.value.message
    (tmp_path / "content").unlink()

    assert scene.loaded() == [1]
