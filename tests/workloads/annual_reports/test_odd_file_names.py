"""A file whose name is no UTF-8, as old archives hold them, is read and told like any other."""

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from watchkeeper.workloads.annual_reports.result_line import DocumentResult, in_utf8, output_line
from watchkeeper.workloads.annual_reports.result_rows import result_rows
from watchkeeper.workloads.annual_reports.worker import DocumentWorker, WorkerSetup

LATIN_1 = b"\xe5rsredovisning.pdf"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / os.fsdecode(LATIN_1)
    path.write_bytes(b"no PDF")
    return path


def test_its_result_can_be_written_and_sent(tmp_path: Path, document: Path) -> None:
    setup = WorkerSetup(
        data_dir=tmp_path / "data",
        run_id=None,
        ocr=False,
        max_pages=10,
        cache_ttl_s=0,
        cache_bytes=0,
        receipt_file_bytes=10_000,
    )
    worker = DocumentWorker(setup)
    try:
        result = worker.process(document)
    finally:
        worker.close()

    assert result.document == r"\udce5rsredovisning.pdf"
    assert r"\udce5rsredovisning.pdf is not a PDF" in str((result.error or {})["message"])
    for told in (output_line(result, "RUN_1"), result_rows(result)):
        assert json.dumps(told, ensure_ascii=False).encode()


def test_a_name_in_utf8_stays_as_it_is() -> None:
    result = DocumentResult(document="årsredovisning.pdf", path="/r/årsredovisning.pdf", status="ok")
    assert in_utf8(result) == replace(result, reader_errors={})
