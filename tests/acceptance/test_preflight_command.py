"""The pre-flight as an operator meets it: each check fails by its real cause, and all are named at once."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

pytestmark = pytest.mark.slow


if TYPE_CHECKING:
    from conftest import Installation

CHECKED = ("assets", "no_such_field", "chairman", "auditor")
ENOUGH = "workloads: {annual-reports: {minimum_documents: 3}}\n"


@pytest.fixture(scope="module")
def yard(office: "Installation", reports: Path, tmp_path_factory: pytest.TempPathFactory) -> "Installation":
    """The shared installation, with a corpus and settings under which every check passes."""
    office.run("documents", "add", reports)
    folder = tmp_path_factory.mktemp("yard")
    (folder / "data").symlink_to(office.data_dir)
    made = replace(office, folder=folder)
    made.settings(ENOUGH)
    return made


def failed(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {check["name"]: check for check in found["checks"] if not check["passed"]}


def preflight(yard: "Installation", **environment: str) -> dict[str, dict[str, Any]]:
    """The failing checks by name."""
    changed = replace(yard, environment=environment)
    found = changed.json("preflight", "annual-reports", exits=1)
    assert not found["passed"]
    assert list(failed(found)) == list(found["failed"])
    return failed(found)


@pytest.mark.requirement("GF-52")
def test_a_passing_preflight_prints_one_confirmation(yard: "Installation") -> None:
    done = yard.run("preflight", "annual-reports")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("✓") == 8
    assert done.stdout.splitlines()[-1] == "pre-flight passed: all 8 checks hold"


@pytest.mark.requirement("GF-46", "GF-47", "GF-48", "GF-52")
def test_every_failing_check_is_named_at_once_with_codes_of_their_own(yard: "Installation") -> None:
    wrong = {
        "OBS_STRICT": "0",
        "JSON_SALVAGE": "1",
        "WATCHKEEPER_WORKLOADS__ANNUAL_REPORTS__MINIMUM_DOCUMENTS": "100000",
    }
    found = preflight(yard, **wrong)
    assert set(found) == {"documents_minimum", "observability_strict", "json_salvage_off"}
    assert len({check["code"] for check in found.values()}) == 3
    assert re.fullmatch(r"\d+ documents", found["documents_minimum"]["found"])
    assert found["documents_minimum"]["wanted"] == "100000 documents or more"
    assert found["observability_strict"]["found"] == "OBS_STRICT = 0"
    assert found["json_salvage_off"]["found"] == "JSON_SALVAGE = 1"
    told = replace(yard, environment=wrong).run("preflight", "annual-reports")
    assert told.returncode == 1
    assert told.stdout.splitlines()[-1] == (
        "pre-flight failed: documents_minimum, observability_strict, json_salvage_off"
    )


@pytest.mark.slow
def test_a_hundred_documents_are_asked_for_unless_set(yard: "Installation") -> None:
    yard.settings("timezone: UTC\n")
    try:
        assert preflight(yard)["documents_minimum"]["wanted"] == "100 documents or more"
    finally:
        yard.settings(ENOUGH)


@pytest.fixture
def copy(yard: "Installation", tmp_path: Path) -> Iterator["tuple[Installation, Path]"]:
    """The installation with a copy of the package that a test may change; the server runs the original."""
    package = tmp_path / "source" / "watchkeeper"
    with_code = shutil.ignore_patterns("__pycache__")
    shutil.copytree(str(files("watchkeeper")), package, ignore=with_code)
    yard.run("status")
    yield replace(yard, environment={"PYTHONPATH": str(package.parent)}), package
    shutil.rmtree(package)


@pytest.mark.requirement("GF-49")
def test_a_planted_sleep_is_reported_with_file_and_line_and_marks_the_run(
    copy: "tuple[Installation, Path]", report: Path
) -> None:
    yard, package = copy
    planted = package / "workloads" / "annual_reports" / "scoring.py"
    lines = planted.read_text(encoding="utf-8").splitlines()
    lines.append("\n\ndef pretend() -> None:\n    import time\n\n    time.sleep(0.1)")
    planted.write_text("\n".join(lines), encoding="utf-8")
    (package / "gateway" / "backoff.py").write_text(
        "from time import sleep\n\n\ndef wait(seconds):\n    sleep(seconds)\n", encoding="utf-8"
    )
    line = planted.read_text(encoding="utf-8").splitlines().index("    time.sleep(0.1)") + 1

    found = yard.json("preflight", "annual-reports", exits=1)

    assert found["marking"] == "INVALID_SIMULATION"
    assert failed(found)["no_simulation"]["details"] == [
        f"workloads/annual_reports/scoring.py:{line} time.sleep in pretend"
    ], "the back-off of a retry is no simulation"
    done = yard.run("run", "annual-reports", report, "--production", "--output", "invalid.jsonl")
    assert done.returncode == 1
    assert "INVALID_SIMULATION" in done.stdout
    assert not (yard.folder / "invalid.jsonl").exists()
    with yard.api() as api:
        last = api.get("/runs", {"workload": "annual-reports", "limit": 1})[0]
    assert (last["preflight"], last["status"], last["production"]) == ("INVALID_SIMULATION", "failed", True)


@pytest.mark.requirement("GF-50")
def test_a_reader_that_is_not_the_pinned_version_is_named_with_both(
    copy: "tuple[Installation, Path]",
) -> None:
    yard, package = copy
    manifest = package / "workloads" / "annual_reports" / "workload.yaml"
    text = manifest.read_text(encoding="utf-8")
    pinned = re.search(r'layout: "(.+)"', text)
    assert pinned
    manifest.write_text(text.replace(pinned.group(0), 'layout: "0.0.1"'), encoding="utf-8")
    check = preflight(yard, **yard.environment)["models_pinned"]
    assert check["details"] == [f"layout: pinned 0.0.1, found {pinned.group(1)}"]


@pytest.mark.requirement("GF-51")
def test_poisoned_instructions_turn_the_canaries_red(copy: "tuple[Installation, Path]") -> None:
    yard, package = copy
    path = package / "workloads" / "annual_reports" / "instructions" / "balance_sheet.yaml"
    text = path.read_text(encoding="utf-8")
    assert "summa tillgångar" in text
    path.write_text(text.replace("summa tillgångar", "summa främmande kapital"), encoding="utf-8")
    check = preflight(yard, **yard.environment)["canary"]
    assert any(" assets: " in detail for detail in check["details"])
    red = yard.json("canary", "run", "annual-reports", exits=1)
    assert not red["green"]
    assert {line["verdict"] for line in red["checks"]} > {"pass"}


@pytest.mark.requirement("GF-51")
def test_the_canary_run_shows_a_table_all_green_and_status_repeats_it(yard: "Installation") -> None:
    done = yard.run("canary", "run", "annual-reports")
    assert done.returncode == 0, done.stdout
    header = done.stdout.splitlines()[1].split()
    assert header == ["document", "field", "expected", "got", "verdict", "reason"]
    assert re.search(r"(\d+) of \1 pass: green", done.stdout)
    assert re.search(r"canaries +(\d+) of \1 pass \(green\)", yard.run("status").stdout)


@pytest.mark.slow
@pytest.mark.requirement("GF-54")
def test_canary_numbers_pass_strictly_below_one_percent_and_blanks_are_missing(
    copy: "tuple[Installation, Path]",
) -> None:
    """The expected values move, so that what is read lies just so far from them."""
    yard, package = copy
    suite = package / "workloads" / "annual_reports" / "canaries" / "suite.yaml"
    factors = iter((1.0099, 1.0101, 0.9899))

    def moved(found: re.Match[str]) -> str:
        return f"field: assets, type: number, expected: {int(found.group(1)) / next(factors)!r}"

    text = suite.read_text(encoding="utf-8")
    text = re.sub(r"field: assets, type: number, expected: (\d+)", moved, text)
    text = text.replace("field: cash, type: number", "field: no_such_field, type: number", 1)
    name = re.search(r'field: chairman, type: text, expected: "(.+?)"', text)
    assert name
    text = text.replace(f'"{name.group(1)}"', f'"{name.group(1).upper()}"', 1)
    part = re.findall(r'field: auditor, type: text, expected: "(.+?)"', text)[0]
    text = text.replace(f'"{part}"', f'"{part.split()[0]}"', 1)
    suite.write_text(text, encoding="utf-8")
    checks = yard.json("canary", "run", "annual-reports", exits=1)["checks"]
    verdicts = {name: [one["verdict"] for one in checks if one["field"] == name] for name in CHECKED}
    assert verdicts == {
        "assets": ["pass", "fail", "fail"],
        "no_such_field": ["missing"],
        "chairman": ["pass", "pass", "pass"],
        "auditor": ["fail", "pass", "pass"],
    }, "a part of a name is not the name, its case does not matter"


def test_a_production_run_is_recorded_as_passed(yard: "Installation", report: Path) -> None:
    done = yard.run("run", "annual-reports", report, "--production", "--output", "production.jsonl")
    assert done.returncode == 0, done.stdout + done.stderr
    run_id = next(line for line in done.stdout.splitlines() if line.startswith("RUN_"))[:14]
    with yard.api() as api:
        run = api.get(f"/runs/{run_id}")
    assert (run["production"], run["preflight"]) == (True, "passed")
    assert (run["details"]["run_mode"], run["details"]["acceptance"]["accepted"]) == ("full", True)
    assert "accepted: 8 of 8 sections answered" in done.stdout


@pytest.mark.requirement("GF-52")
def test_a_production_run_with_failing_checks_reads_nothing_and_names_them_all(
    yard: "Installation", report: Path
) -> None:
    wrong = replace(yard, environment={"OBS_STRICT": "0", "JSON_SALVAGE": "1"})
    done = wrong.run("run", "annual-reports", report, "--production", "--output", "refused.jsonl")
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "pre-flight failed: observability_strict, json_salvage_off"
    assert not (yard.folder / "refused.jsonl").exists()
