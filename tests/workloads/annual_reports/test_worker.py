"""One worker on real reports: receipts for every step, failures as results, a log of its own."""

import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.app.settings import Settings
from watchkeeper.domain.receipt import receipt_of_line
from watchkeeper.workloads.annual_reports.samples.book import make_sample
from watchkeeper.workloads.annual_reports.settings import AnnualReportsSettings
from watchkeeper.workloads.annual_reports.worker import DocumentWorker, WorkerSetup
from watchkeeper.workloads.annual_reports.worker_log import MOST_BYTES, set_aside_long_log
from watchkeeper.workloads.annual_reports.worker_setup import worker_setup


def setup(data_dir: Path) -> WorkerSetup:
    return WorkerSetup(
        data_dir=data_dir,
        run_id="RUN_1767225600",
        ocr=False,
        max_pages=1500,
        cache_ttl_s=3600.0,
        cache_bytes=10_000_000,
        receipt_file_bytes=64_000_000,
    )


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[DocumentWorker]:
    made = DocumentWorker(setup(tmp_path))
    yield made
    made.close()


def test_a_report_is_read_and_its_receipts_stand_in_the_file_before_it_counts(
    tmp_path: Path, worker: DocumentWorker
) -> None:
    sample = make_sample(5)
    path = tmp_path / sample.name
    path.write_bytes(sample.pdf)
    result = worker.process(path)
    assert result.status == "ok", result.error
    lines = [
        line for file in (tmp_path / "receipts").glob("*.ndjson") for line in file.read_bytes().splitlines()
    ]
    kept = {receipt_of_line(line).receipt_id for line in lines}
    assert {receipt.receipt_id for receipt in result.receipts} == kept
    assert {receipt.run_id for receipt in result.receipts} == {"RUN_1767225600"}
    assert {receipt.document_sha256 for receipt in result.receipts} == {result.sha256}


def test_a_file_that_cannot_be_read_is_a_result_with_its_hash(tmp_path: Path, worker: DocumentWorker) -> None:
    path = tmp_path / "words.pdf"
    path.write_text("not a PDF", encoding="utf-8")
    result = worker.process(path)
    assert (result.status, result.receipts) == ("error", ())
    assert result.error is not None
    assert result.error["code"] == "document_not_pdf"
    assert result.sha256 is not None
    assert worker.process(tmp_path / "missing.pdf").sha256 is None


MODELS: dict[str, Any] = {
    "targets": {
        "vision": {
            "provider": "anthropic",
            "model": "m",
            "api_key": "sk-1234",
            "timeout_s": 20,
            "sends_images": True,
        },
        "small": {
            "provider": "openai",
            "base_url": "http://127.0.0.1:1/v1",
            "model": "m",
            "sends_images": True,
        },
        "plain": {"provider": "openai", "base_url": "http://127.0.0.1:1/v1", "model": "m"},
    },
    "routes": {
        "pictures": {"targets": ["vision", "small", "baseline"], "timeout_s": 90},
        "mixed": {"targets": ["vision", "plain"]},
    },
    "budgets": [{"name": "all", "per": "month", "limit_usd": "1.50"}],
}


def setup_with(third_reader: str | None) -> WorkerSetup:
    own = AnnualReportsSettings.model_validate({"third_reader": third_reader})
    settings = Settings.model_validate({**MODELS, "workloads": {"annual-reports": own}})
    return worker_setup(settings, Path("data"))


@pytest.mark.parametrize(
    ("name", "timeout_s", "sends_images"),
    [("vision", 20, True), ("plain", 60, False), ("pictures", 90, True), ("mixed", 60, False)],
)
def test_the_third_reader_is_a_target_or_a_route(name: str, timeout_s: float, sends_images: bool) -> None:
    third = setup_with(name).third
    assert third is not None
    assert (third.model, third.timeout_s, third.sends_images) == (name, timeout_s, sends_images)


def test_a_setup_crosses_into_another_process_whole_and_does_not_print_a_models_key() -> None:
    made = setup_with("pictures")
    assert "sk-1234" not in repr(made)
    third = pickle.loads(pickle.dumps(made)).third
    settings = Settings.model_validate(third.settings)
    assert settings == Settings.model_validate(MODELS)
    key = settings.targets["vision"].api_key
    assert key is not None
    assert key.get_secret_value() == "sk-1234"


def test_without_a_third_reader_no_worker_gets_a_key() -> None:
    assert setup_with(None).third is None


def test_a_worker_process_logs_to_its_file_and_nothing_to_the_terminal(tmp_path: Path) -> None:
    code = (
        "import logging, sys, pathlib\n"
        "from watchkeeper.workloads.annual_reports.worker_log import log_to_file\n"
        "log_to_file(pathlib.Path(sys.argv[1]), 'RUN_1767225600')\n"
        "logging.getLogger('x').info('section cache hit %s', 'abcd1234')\n"
        "try: 1 / 0\n"
        "except ZeroDivisionError: logging.getLogger('x').exception('target %s failed', 'flow')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout + done.stderr == ""
    hit, defect = map(json.loads, (tmp_path / "logs" / "workers.jsonl").read_text().splitlines())
    assert (hit["event"], hit["run_id"], hit["level"]) == (
        "section cache hit abcd1234",
        "RUN_1767225600",
        "info",
    )
    assert defect["event"] == "target flow failed"
    assert "ZeroDivisionError" in defect["exception"]


def test_a_long_log_is_set_aside_when_a_run_begins(tmp_path: Path) -> None:
    log = tmp_path / "logs" / "workers.jsonl"
    log.parent.mkdir()
    set_aside_long_log(tmp_path)
    log.write_bytes(b"x" * 10)
    set_aside_long_log(tmp_path)
    assert log.exists()
    log.write_bytes(b"x" * (MOST_BYTES + 1))
    set_aside_long_log(tmp_path)
    assert [path.name for path in log.parent.iterdir()] == ["workers.jsonl.1"]
