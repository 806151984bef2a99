"""`kill -9` of a run or of its server: what is finished stays, has its receipts, and is not done twice."""

import json
import os
import random
import signal
import subprocess
from collections import Counter
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from tests.acceptance.conftest import many_reports

pytestmark = pytest.mark.slow


if TYPE_CHECKING:
    from conftest import Installation

SEED = 20260301


@pytest.fixture(scope="module")
def shelf(office: "Installation", tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More reports than a run reads in a moment; some twice under other names, to be quick to make."""
    folder = tmp_path_factory.mktemp("shelf")
    office.run("samples", "make", folder, "--count", 6, "--seed", 70)
    for path in sorted(folder.glob("*.pdf")):
        for copy in range(2):
            (folder / f"copy{copy}_{path.name}").write_bytes(path.read_bytes())
    return folder


def kill_group(process: "subprocess.Popen[str]") -> None:
    """The run and its workers at once, as a power cut would."""
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def whole_lines(wk: "Installation") -> list[dict[str, Any]]:
    path = wk.folder / "out.jsonl"
    data = path.read_bytes() if path.exists() else b""
    return [json.loads(line) for line in data.split(b"\n")[:-1]]


def check_nothing_lost(wk: "Installation") -> None:
    kept = wk.receipts()
    for line in whole_lines(wk):
        receipts = [kept[receipt_id] for receipt_id in line["receipts"]]
        assert {receipt["item_id"] for receipt in receipts} == {line["document"]}
        assert {receipt["target"] for receipt in receipts} == {"layout", "flow"}
    verified = wk.json("receipts", "verify")
    assert verified["intact"]
    assert {finding["problem"] for finding in verified["findings"]} <= {"torn_line"}


@pytest.mark.parametrize("rounds", [1, pytest.param(6, marks=pytest.mark.slow)])
def test_a_killed_run_keeps_what_it_finished_and_resumes_without_doing_it_twice(
    wk: "Installation", shelf: Path, rounds: int
) -> None:
    wk.run("status")  # the server is there before the run, and stays when it is killed
    chance = random.Random(SEED + rounds)
    run_id, finished = None, 0
    for _ in range(rounds):
        resume = () if run_id is None else ("--resume", run_id)
        process = wk.start("run", "annual-reports", shelf, "--output", "out.jsonl", *resume)
        assert process.stdout is not None
        run_id = process.stdout.readline().strip()
        at_least = finished + chance.randrange(1, 5)
        wk.until(lambda n=at_least, p=process: p.poll() is not None or len(whole_lines(wk)) >= n)
        Event().wait(chance.random() * 0.05)
        kill_group(process)
        check_nothing_lost(wk)
        finished = len(whole_lines(wk))
        with wk.api() as api:
            assert api.get(f"/runs/{run_id}")["status"] in {"interrupted", "finished"}

    assert run_id is not None
    documents = len(list(shelf.glob("*.pdf")))
    again = wk.json("run", "annual-reports", shelf, "--output", "out.jsonl", "--resume", run_id)
    assert again["run_id"] == run_id
    assert again["skipped"] == finished
    assert again["documents"] == documents - finished
    times = Counter(line["document"] for line in whole_lines(wk))
    assert set(times.values()) == {1}
    assert len(times) == documents
    check_nothing_lost(wk)
    with wk.api() as api:
        run = api.get(f"/runs/{run_id}")
        assert (run["status"], run["ok"], run["items"]) == ("finished", documents, documents)
        told = {one["document"] for one in api.get(f"/runs/{run_id}/results")}
    assert told == set(times), "the server was told also of what was finished before a kill"


@pytest.mark.slow
def test_a_torn_last_line_is_no_result_and_its_document_is_read_again(
    office: "Installation", reports: Path
) -> None:
    first = office.json("run", "annual-reports", reports, "--output", "torn.jsonl")
    path = office.folder / "torn.jsonl"
    path.write_bytes(path.read_bytes()[:-40])
    resume = ("--resume", first["run_id"])
    again = office.json("run", "annual-reports", reports, "--output", "torn.jsonl", *resume)
    assert (again["skipped"], again["documents"]) == (2, 1)
    times = Counter(line["document"] for line in office.lines("torn.jsonl"))
    assert times == Counter(path.name for path in reports.glob("*.pdf"))


@pytest.mark.slow
def test_a_killed_server_costs_no_result(wk: "Installation", shelf: Path) -> None:
    wk.run("status")
    server = wk.server()
    assert server is not None
    process = wk.start("run", "annual-reports", shelf, "--output", "out.jsonl")
    wk.until(lambda: len(whole_lines(wk)) >= 2)
    os.kill(server.pid, signal.SIGKILL)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, out + err
    documents = {path.name for path in shelf.glob("*.pdf")}
    assert {line["document"] for line in whole_lines(wk)} == documents
    run_id = out.splitlines()[0]
    check_nothing_lost(wk)
    with wk.api() as api:
        assert api.get(f"/runs/{run_id}")["status"] == "finished"
        assert {one["document"] for one in api.get(f"/runs/{run_id}/results")} == documents


@pytest.mark.slow
def test_a_run_that_is_still_going_is_not_resumed(wk: "Installation", shelf: Path) -> None:
    process = wk.start("run", "annual-reports", shelf, "--output", "out.jsonl")
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    second = wk.run("run", "annual-reports", shelf, "--output", "other.jsonl", "--resume", run_id)
    assert second.returncode == 1
    assert f"{run_id} is still running" in second.stderr
    process.communicate(timeout=120)


@pytest.mark.slow
def test_ctrl_c_ends_a_run_at_once_and_records_it_as_interrupted(wk: "Installation", report: Path) -> None:
    folder = many_reports(report, wk.folder / "many", 600)
    process = wk.start("run", "annual-reports", folder, "--output", "out.jsonl")
    wk.until(lambda: len(whole_lines(wk)) >= 1)
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the workers get it too
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in err
    run_id = out.splitlines()[0]
    assert "goes on" in err
    assert f"`--resume {run_id}`" in err
    with wk.api() as api:
        assert api.get(f"/runs/{run_id}")["status"] == "interrupted"
    check_nothing_lost(wk)
