"""A release of instructions: proved by the suite, read with by the reports it gets, told by every receipt."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from watchkeeper.workloads.annual_reports.instruction_files import save_instructions
from watchkeeper.workloads.annual_reports.instructions import InstructionSet, load_instructions

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow


def reworded(wk: "Installation", name: str) -> None:
    """A set that reads as the shipped one does, and is another by its content."""
    shipped = load_instructions()
    agents = dict(shipped.agents)
    agents["governance"] = agents["governance"].model_copy(update={"guidance": f"said otherwise: {name}"})
    save_instructions(InstructionSet(agents, shipped.vocabulary), name, wk.data_dir)


def made(wk: "Installation", instructions: str) -> str:
    release = wk.json("release", "make", "annual-reports", "--instructions", instructions, "--by", "Ida")
    return str(release["release_id"])


def test_what_the_suite_proves_is_read_with_and_what_it_does_not_gets_no_report(
    wk: "Installation", reports: Path
) -> None:
    read = wk.json("run", "annual-reports", reports, "--output", "before.jsonl")
    assert read["releases"] == {}

    live = made(wk, "shipped")
    # Nobody's word stands for the suite's.
    claimed = wk.run("release", "prove", live, "--verdict", "passed", "--told", "looks fine", "--by", "Ida")
    assert claimed.returncode == 2
    assert "its verdict is nobody's to give" in claimed.stderr

    proof = wk.json("release", "prove", live, "--by", "Ida")
    assert proof["verdict"] == "passed"
    assert wk.run("release", "promote", live, "--reason", "the first", "--by", "Ida").returncode == 0

    reworded(wk, "other")
    canary = made(wk, "other")
    assert [one["name"] for one in wk.json("release", "diff", canary)["changes"]] == ["governance"]
    assert wk.json("release", "prove", canary, "--by", "Ida")["verdict"] == "passed"
    asked = ("release", "promote", canary, "--percent", "50", "--reason", "trying", "--by", "Ida")
    assert wk.run(*asked).returncode == 0

    done = wk.json("run", "annual-reports", reports)
    lines = [json.loads(line) for line in (wk.folder / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    with wk.api() as client:
        for line in lines:
            chosen = client.get(
                "/releases/chosen", {"workload": "annual-reports", "subject": line["document"]}
            )
            assert line["release"] == chosen["release_id"]
    assert sum(done["releases"].values()) == len(lines)
    receipts = [one for one in wk.receipts().values() if one["run_id"] == done["run_id"]]
    assert {(one["item_id"], one["release"]) for one in receipts} == {
        (line["document"], line["release"]) for line in lines
    }

    trial = wk.json("run", "annual-reports", reports, "--instructions", "other", "--output", "trial.jsonl")
    assert trial["releases"] == {}


def test_bare_instructions_do_not_pass_the_suite_and_are_refused_traffic(wk: "Installation") -> None:
    from watchkeeper.workloads.annual_reports.bare import bare_instructions

    wk.data_dir.mkdir(parents=True, exist_ok=True)
    save_instructions(bare_instructions(), "barely", wk.data_dir)
    release = made(wk, "barely")
    failed = wk.json("release", "prove", release, "--by", "Ida", exits=1)
    assert failed["verdict"] == "failed"
    refused = wk.run("release", "promote", release, "--reason", "hope", "--by", "Ida")
    assert refused.returncode == 1
    assert "have not passed" in refused.stderr


def test_a_release_whose_instructions_are_gone_stops_a_run_before_it_reads(
    wk: "Installation", report: Path
) -> None:
    wk.data_dir.mkdir(parents=True, exist_ok=True)
    reworded(wk, "mine")
    release = made(wk, "mine")
    assert wk.json("release", "prove", release, "--by", "Ida")["verdict"] == "passed"
    assert wk.run("release", "promote", release, "--reason", "the first", "--by", "Ida").returncode == 0
    (wk.data_dir / "instructions" / "mine").rename(wk.folder / "mine")
    lost = wk.run("run", "annual-reports", report)
    assert lost.returncode == 1
    assert f"the instructions that release {release} pins are in no set" in lost.stderr
    assert wk.run("run", "annual-reports", report, "--instructions", "shipped").returncode == 0
