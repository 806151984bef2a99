"""A file of lines that a run leaves: whole lines, each kept before the next, whatever happens in between."""

import json
import resource
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import StorageFullError
from watchkeeper.files.line_file import LineFile


def line(document: str) -> dict[str, object]:
    return {"document": document, "status": "ok", "pages": 3, "fields": {"name": "Åsen"}}


def documents(path: Path) -> list[str]:
    return [json.loads(one)["document"] for one in path.read_text(encoding="utf-8").split("\n")[:-1]]


def opened(path: Path) -> LineFile:
    return LineFile(path, of="results")


def test_lines_are_kept_as_they_were_in_a_folder_made_for_them(tmp_path: Path) -> None:
    path = tmp_path / "new" / "out.jsonl"
    with opened(path) as output:
        output.append(line("a.pdf"))
        assert documents(path) == ["a.pdf"]
        output.append(line("b.pdf"))
    assert documents(path) == ["a.pdf", "b.pdf"]
    assert "Åsen" in path.read_text(encoding="utf-8")


def test_it_tells_whether_a_whole_line_was_added_since_a_size(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with opened(path) as output:
        empty = output.size_bytes
        assert not output.grew_by_a_line(empty)
        output.append(line("a.pdf"))
        assert output.grew_by_a_line(empty)
        assert not output.grew_by_a_line(output.size_bytes)
        whole = output.size_bytes
        with path.open("ab") as torn:
            torn.write(b'{"document": "b')
        assert not output.grew_by_a_line(whole)


def test_a_second_run_adds_to_the_file_and_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    for document in ("a.pdf", "b.pdf"):
        with opened(path) as output:
            output.append(line(document))
    assert documents(path) == ["a.pdf", "b.pdf"]


@given(cut=st.integers(1, 60))
def test_a_torn_last_line_is_cut_before_another_is_added(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    path = tmp_path_factory.mktemp("out") / "out.jsonl"
    with opened(path) as output:
        output.append(line("a.pdf"))
        output.append(line("b.pdf"))
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    with opened(path) as output:
        assert output.torn_bytes > 0
        output.append(line("c.pdf"))
    assert documents(path) == ["a.pdf", "c.pdf"]


def test_a_place_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageFullError) as refused:
        opened(tmp_path / "file" / "out.jsonl")
    assert "cannot write results to" in refused.value.message
    assert "--resume" in refused.value.action


def test_a_full_disk_ends_the_run_and_keeps_what_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with opened(path) as output:
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
    with opened(path):
        assert documents(path) == ["a.pdf"]


def test_a_value_that_json_does_not_know_is_a_fault_unless_said_how(tmp_path: Path) -> None:
    path = tmp_path / "out.jsonl"
    with opened(path) as output:
        with pytest.raises(TypeError):
            output.append({"document": Path("a.pdf")})
        output.append({"document": Path("a.pdf")}, default=str)
    assert documents(path) == ["a.pdf"]
