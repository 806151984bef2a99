"""The verification voyage: each of its tests fails by a fault planted for it, and the level follows."""

from dataclasses import replace

import pytest

from watchkeeper.workloads.annual_reports.voyage import VoyageFacts, judge_voyage

AGENTS = frozenset(f"agent_{number}" for number in range(16))
WELL = VoyageFacts(
    documents=12,
    patterns={"balance_sheet": 40, "suppliers_vendors": 8},
    phase="1 (exploration)",
    self_check=(),
    agents=AGENTS,
    receipts={"layout": AGENTS, "flow": AGENTS},
    trial="ok",
    fields=60,
    seconds={"database": 0.1, "integration": 0.4},
)
FAULTS = {
    "database": replace(WELL, documents=0),
    "patterns": replace(WELL, patterns={"balance_sheet": 40}),
    "coach": replace(WELL, self_check=("refine at 0.50, where the rules say explore",)),
    "integration": replace(WELL, receipts={"layout": AGENTS, "flow": AGENTS - {"agent_7"}}),
}


def test_a_voyage_on_which_all_is_well_is_excellent_and_adds_up_what_was_measured() -> None:
    found = judge_voyage(WELL)
    assert (found.level, found.passed, found.mode) == ("excellent", 4, "full")
    assert found.seconds == pytest.approx(0.5)


@pytest.mark.parametrize("name", FAULTS)
def test_each_test_fails_by_its_own_fault_and_no_other(name: str) -> None:
    found = judge_voyage(FAULTS[name])
    assert [test.name for test in found.tests if not test.passed] == [name]
    assert found.level == "good"


@pytest.mark.parametrize(
    "broken",
    [
        replace(WELL, documents=None),
        replace(WELL, patterns={"suppliers_vendors": 28}),
        replace(WELL, phase=None),
        replace(WELL, trial=None),
        replace(WELL, trial="needs_ocr"),
        replace(WELL, fields=0),
        replace(WELL, receipts={}),
    ],
)
def test_what_is_unknown_or_empty_never_passes(broken: VoyageFacts) -> None:
    assert judge_voyage(broken).passed == 3


def test_half_is_the_minimum_and_less_has_failed() -> None:
    half = replace(WELL, documents=0, phase=None)
    assert judge_voyage(half).level == "minimum"
    assert judge_voyage(replace(half, trial=None)).level == "failed"


def test_with_one_twin_missing_the_mode_is_degraded() -> None:
    found = judge_voyage(replace(WELL, receipts={"layout": AGENTS, "flow": frozenset()}))
    assert (found.mode, found.level) == ("degraded", "good")
