"""The pre-flight names every failure, each with a code of its own."""

from dataclasses import replace

import pytest

from watchkeeper.evaluation.canaries import CanaryCheck, check_canary
from watchkeeper.evaluation.simulation_scan import Sleep
from watchkeeper.workloads.annual_reports.preflight import Facts, check_all, marking

CASH = CanaryCheck(document="a.pdf", field="cash", type="number", expected=100)
SOUND = Facts(
    documents=120,
    minimum_documents=100,
    strict=True,
    json_salvage=False,
    sleeps=(),
    pinned={"layout": "1", "flow": "1"},
    readers={"layout": "1", "flow": "1"},
    canaries=(check_canary(CASH, 100),),
    agents=16,
    minimum_agents=7,
)
BREAKS = {
    "database": {"documents": None},
    "documents_minimum": {"documents": 99},
    "observability_strict": {"strict": False},
    "json_salvage_off": {"json_salvage": True},
    "no_simulation": {"sleeps": (Sleep("readers/slow.py", 5, "read", "time.sleep"),)},
    "models_pinned": {"readers": {"layout": "1", "flow": "2"}},
    "instructions": {"agents": 6},
    "canary": {"canaries": (check_canary(CASH, 101),)},
}


def failed(facts: Facts) -> dict[str, int]:
    return {check.name: check.code for check in check_all(facts) if not check.passed}


def test_all_is_well_when_all_is_well() -> None:
    assert failed(SOUND) == {}
    assert marking(check_all(SOUND)) == "passed"


@pytest.mark.parametrize("name", BREAKS)
def test_each_failure_is_found_by_its_own_check(name: str) -> None:
    expected = {name, "documents_minimum"} if name == "database" else {name}
    assert set(failed(replace(SOUND, **BREAKS[name]))) == expected


def test_every_failure_is_told_not_only_the_first_and_codes_are_distinct() -> None:
    broken = SOUND
    for change in BREAKS.values():
        broken = replace(broken, **change)
    codes = failed(replace(broken, documents=None))
    assert set(codes) == set(BREAKS)
    assert len(set(codes.values())) == len(BREAKS)


def test_a_sleep_is_named_by_file_and_line_and_marks_the_run() -> None:
    checks = check_all(replace(SOUND, **BREAKS["no_simulation"]))
    found = next(check for check in checks if check.name == "no_simulation")
    assert found.details == ("readers/slow.py:5 time.sleep in read",)
    assert marking(checks) == "INVALID_SIMULATION"


def test_what_could_not_be_scanned_or_run_does_not_pass() -> None:
    assert "no_simulation" in failed(replace(SOUND, sleeps=None))
    assert "canary" in failed(replace(SOUND, canaries=()))


def test_a_pinned_version_and_the_one_found_are_both_told() -> None:
    check = next(c for c in check_all(replace(SOUND, **BREAKS["models_pinned"])) if c.name == "models_pinned")
    assert check.details == ("flow: pinned 1, found 2",)
