"""A full disk, a folder that cannot be written, a port in use: one sentence each, and nothing lost."""

import json
import socket
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

pytestmark = pytest.mark.slow


if TYPE_CHECKING:
    from conftest import Installation

FULL_AFTER = """
import os, resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
os.execv(sys.argv[2], sys.argv[2:])
"""
"""Runs a command in which every write beyond so many bytes of a file fails, as on a full disk."""


def full_after(installation: "Installation", count: int, **environment: str) -> "Installation":
    prefix = (sys.executable, "-c", FULL_AFTER, str(count))
    return replace(installation, prefix=prefix, environment=environment)


def one_sentence(stderr: str) -> str:
    told = [line for line in stderr.splitlines() if line.startswith("error: ")]
    assert len(told) == 1, stderr
    return told[0]


def whole_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def test_a_full_disk_for_results_is_told_once_and_resuming_finishes_the_rest(
    office: "Installation", reports: Path
) -> None:
    office.run("status")
    command = ("run", "annual-reports", reports, "--output", "full.jsonl", "--workers", 1)
    # Receipt files stay below the limit, so that the output alone meets it, in a later line.
    limited = full_after(office, 50_000, WATCHKEEPER_RECEIPTS__MAX_FILE_BYTES="10000")
    done = limited.run(*command)
    assert done.returncode == 1
    assert "cannot write results to full.jsonl" in one_sentence(done.stderr)
    assert "--resume" in done.stderr
    run_id = done.stdout.splitlines()[0]
    with office.api() as api:
        assert api.get(f"/runs/{run_id}")["status"] == "failed"
    finished = whole_lines(office.folder / "full.jsonl")
    assert len(finished) in {1, 2}

    again = office.json(*command, "--resume", run_id)
    assert (again["skipped"], again["statuses"]) == (len(finished), {"ok": 3})
    documents = [str(line["document"]) for line in office.lines("full.jsonl")]
    assert sorted(documents) == sorted(path.name for path in reports.glob("*.pdf"))


@pytest.mark.slow
def test_a_full_disk_for_receipts_ends_the_run_and_no_document_counts_without_its_receipts(
    office: "Installation", report: Path
) -> None:
    office.run("status")
    done = full_after(office, 12_000).run("run", "annual-reports", report, "--output", "unreceipted.jsonl")
    assert done.returncode == 1
    assert "receipt" in one_sentence(done.stderr)
    assert whole_lines(office.folder / "unreceipted.jsonl") == []
    assert office.json("receipts", "verify")["intact"]
    again = office.json("run", "annual-reports", report, "--output", "unreceipted.jsonl")
    assert again["statuses"] == {"ok": 1}


def test_an_output_that_cannot_be_written_is_told_before_anything_is_read(
    office: "Installation", report: Path
) -> None:
    (office.folder / "in_the_way").write_text("a file", encoding="utf-8")
    done = office.run("run", "annual-reports", report, "--output", "in_the_way/out.jsonl")
    assert done.returncode == 1
    assert "cannot write results to in_the_way/out.jsonl" in one_sentence(done.stderr)


def test_a_read_only_data_folder_is_one_sentence(wk: "Installation", report: Path) -> None:
    wk.data_dir.mkdir()
    wk.data_dir.chmod(0o500)
    done = wk.unprivileged().run("run", "annual-reports", report)
    wk.data_dir.chmod(0o700)
    assert done.returncode == 1
    assert f"the data folder {wk.data_dir} cannot be written" in one_sentence(done.stderr)


@pytest.mark.slow
def test_a_data_folder_that_is_a_file_is_one_sentence(wk: "Installation", report: Path) -> None:
    wk.data_dir.write_text("in the way", encoding="utf-8")
    for command in (("run", "annual-reports", report), ("status",), ("receipts", "tail"), ("up",)):
        done = wk.run(*command)
        assert done.returncode == 1
        assert str(wk.data_dir) in one_sentence(done.stderr)
    assert wk.data_dir.read_text(encoding="utf-8") == "in the way"


@pytest.mark.slow
def test_a_second_up_and_a_port_in_use_are_named_and_the_first_server_goes_on(
    wk: "Installation",
) -> None:
    assert wk.run("up", "--port", "0", "--detach").returncode == 0
    first = wk.server()
    assert first is not None
    second = wk.run("up", "--port", "0")
    assert second.returncode == 1
    assert f"already runs on the data folder {wk.data_dir}" in one_sentence(second.stderr)
    other = replace(wk, folder=wk.folder / "other")
    other.folder.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        refused = other.run("up", "--port", port)
    assert refused.returncode == 1
    assert f"port {port} on 127.0.0.1 is in use" in one_sentence(refused.stderr)
    assert wk.json("status")["documents"] == 0
    still = wk.server()
    assert still is not None
    assert still.pid == first.pid
