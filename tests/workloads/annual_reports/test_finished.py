"""Which documents of a run are finished: those whose line is whole in its output."""

from pathlib import Path

import pytest

from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.files.line_file import LineFile
from watchkeeper.workloads.annual_reports.finished import Finished, finished_documents


def line(document: str, run_id: str = "RUN_1767225600") -> dict[str, object]:
    return {"document": document, "run_id": run_id, "status": "ok", "pages": 3, "fields": {"name": "Åsen"}}


def test_finished_documents_are_found_again_by_run(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with LineFile(path, of="results") as output:
        output.append(line("a.pdf"))
        output.append(line("b.pdf", run_id="RUN_1767225601"))
    assert finished_documents(path, "RUN_1767225600") == {"a.pdf": Finished("ok", 3)}


def test_the_document_of_a_torn_line_is_not_finished(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with LineFile(path, of="results") as output:
        output.append(line("a.pdf"))
        output.append(line("b.pdf"))
    path.write_bytes(path.read_bytes()[:-1])
    assert set(finished_documents(path, "RUN_1767225600")) == {"a.pdf"}


def test_another_kind_of_file_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary\n")
    with pytest.raises(InvalidInputError, match="line 1 of"):
        finished_documents(path, "RUN_1767225600")
