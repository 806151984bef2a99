"""The output of a run: whole lines, kept before the next document, whatever happens in between."""

import json
import resource
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import InvalidInputError, StorageFullError
from watchkeeper.workloads.annual_reports.output_file import Finished, OutputFile, finished_documents


def line(document: str, run_id: str = "RUN_1767225600") -> dict[str, object]:
    return {"document": document, "run_id": run_id, "status": "ok", "pages": 3, "fields": {"name": "Åsen"}}


def test_lines_are_kept_and_found_again_by_run(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.jsonl"
    with OutputFile(path) as output:
        output.append(line("a.pdf"))
        output.append(line("b.pdf", run_id="RUN_1767225601"))
    assert finished_documents(path, "RUN_1767225600") == {"a.pdf": Finished("ok", 3)}
    assert "Åsen" in path.read_text(encoding="utf-8")


def test_a_second_run_adds_to_the_file_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    for document in ("a.pdf", "b.pdf"):
        with OutputFile(path) as output:
            output.append(line(document))
    assert [json.loads(one)["document"] for one in path.read_text().splitlines()] == ["a.pdf", "b.pdf"]


@given(cut=st.integers(1, 60))
def test_a_torn_last_line_is_cut_and_its_document_is_not_finished(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("out") / "out.jsonl"
    with OutputFile(path) as output:
        output.append(line("a.pdf"))
        output.append(line("b.pdf"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    with OutputFile(path) as output:
        assert output.torn_bytes > 0
        output.append(line("c.pdf"))
    assert set(finished_documents(path, "RUN_1767225600")) == {"a.pdf", "c.pdf"}


def test_another_kind_of_file_is_refused_by_line(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("dear diary\n")
    with pytest.raises(InvalidInputError, match="line 1 of"):
        finished_documents(path, "RUN_1767225600")


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFullError) as refused:
        OutputFile(tmp_path / "file" / "out.jsonl")
    assert "--resume" in refused.value.action


def test_a_full_disk_ends_the_run_and_keeps_what_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with OutputFile(path) as output:
        output.append(line("a.pdf"))
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (path.stat().st_size + 10, limit[1]))
        try:
            with pytest.raises(StorageFullError):
                output.append(line("b.pdf"))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
            signal.signal(signal.SIGXFSZ, ignored)
    with OutputFile(path):
        assert set(finished_documents(path, "RUN_1767225600")) == {"a.pdf"}
