"""`kill -9` at random moments: every finished item has its receipts, and verifying says so."""

import json
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from watchkeeper.domain.receipt import Receipt, receipt_of_line
from watchkeeper.domain.run import ReceiptHead
from watchkeeper.gateway.receipts import Problem, heads_of, verify_receipts
from watchkeeper.testing.clock import FIRST_INSTANT

CHILD = Path(__file__).parent / "calling_child.py"


def start(folder: Path, label: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, str(CHILD), str(folder), label], stdout=subprocess.PIPE)


def kill_after(child: subprocess.Popen[bytes], items: int, chance: random.Random) -> None:
    """Kill it between two moments no one chose: some items later, and up to two milliseconds more."""
    assert child.stdout is not None
    for _ in range(items):
        assert child.stdout.readline() == b".\n", "the child ended by itself"
    threading.Event().wait(chance.random() * 0.002)
    child.kill()
    child.wait()
    child.stdout.close()


def whole_lines(path: Path) -> list[bytes]:
    return [line for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def receipts_in(folder: Path) -> dict[str, Receipt]:
    receipts = (receipt_of_line(line) for path in folder.glob("*.ndjson") for line in whole_lines(path))
    return {receipt.receipt_id: receipt for receipt in receipts}


def check(folder: Path, heads: tuple[ReceiptHead, ...]) -> None:
    report = verify_receipts(folder / "receipts", heads)
    assert report.intact, report.findings
    assert all(finding.problem is Problem.TORN_LINE for finding in report.findings)
    kept = receipts_in(folder / "receipts")
    for line in whole_lines(folder / "out.jsonl"):
        item = json.loads(line)
        models = [kept[receipt_id].model for receipt_id in item["receipts"]]
        assert models == ["layout", "flow", "scripted-1"]
        assert {kept[receipt_id].item_id for receipt_id in item["receipts"]} == {item["item"]}


@pytest.mark.parametrize("rounds", [2, pytest.param(15, marks=pytest.mark.slow)])
def test_no_kill_loses_a_receipt_of_a_finished_item(tmp_path: Path, rounds: int) -> None:
    chance = random.Random(rounds)
    heads: tuple[ReceiptHead, ...] = ()
    for number in range(rounds):
        child = start(tmp_path, f"round{number}")
        items = chance.randrange(1, 120)
        kill_after(child, items, chance)
        check(tmp_path, heads)
        heads = heads_of(tmp_path / "receipts", known=heads, seen_at=FIRST_INSTANT)
        check(tmp_path, heads)

    report = verify_receipts(tmp_path / "receipts", heads)
    assert report.writers == 1
    assert report.lines >= 3 * len(whole_lines(tmp_path / "out.jsonl"))
    assert heads[0].count == report.lines


def test_a_killed_writer_disturbs_no_other_and_its_series_is_taken_over(tmp_path: Path) -> None:
    chance = random.Random(7)
    one, other = start(tmp_path, "one"), start(tmp_path, "other")
    kill_after(one, 20, chance)
    third = start(tmp_path, "third")
    kill_after(third, 20, chance)
    kill_after(other, 20, chance)

    check(tmp_path, ())
    assert verify_receipts(tmp_path / "receipts", ()).writers == 2
