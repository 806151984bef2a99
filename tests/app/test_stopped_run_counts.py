"""A run that is stopped while a document's line is put on disk: what the file holds, the server counts."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.app.client import ApiClient
from watchkeeper.workloads.annual_reports.run import RunRequest, run_reports
from watchkeeper.workloads.annual_reports.samples.book import write_samples
from watchkeeper.workloads.annual_reports.worker import WorkerSetup

if TYPE_CHECKING:
    from conftest import StartServer


class Unmoved:
    """A watcher that shows nothing."""

    def begun(self, run_id: str, documents: int) -> None:
        pass

    def finished(self, result: object, progress: object) -> None:
        pass


@pytest.mark.slow
def test_a_line_that_ctrl_c_finds_on_its_way_to_the_disk_is_counted(
    start_server: "StartServer", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    output, files = tmp_path / "out.jsonl", write_samples(tmp_path / "reports", [5, 6])
    really_sync = os.fsync

    def stopped_while_syncing(descriptor: int) -> None:
        really_sync(descriptor)
        if output.exists() and os.path.samestat(os.fstat(descriptor), output.stat()):
            raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stopped_while_syncing)
    setup = WorkerSetup(
        data_dir=tmp_path / "data",
        run_id=None,
        ocr=False,
        max_pages=1500,
        cache_ttl_s=3600.0,
        cache_bytes=10_000_000,
        receipt_file_bytes=64_000_000,
    )
    request = RunRequest(files=tuple(files), output=output, workers=1)
    with ApiClient(start_server().address) as client:
        with pytest.raises(KeyboardInterrupt):
            run_reports(request, setup, client=client, watcher=Unmoved(), clock=SystemClock())
        (run,) = client.get("/runs")
    assert output.read_text(encoding="utf-8").count("\n") == 1
    assert (run["status"], run["ok"]) == ("interrupted", 1)
