"""`wk drift compare`: two files, a verdict a column."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from watchkeeper.cli.main import app
from watchkeeper.domain.errors import InvalidInputError


def table(lengths: range, states: list[str]) -> str:
    lines = [f"{length},{states[n % len(states)]}" for n, length in enumerate(lengths)]
    return "\n".join(["length,state", *lines]) + "\n"


def compare(folder: Path, reference: str, current: str, *arguments: str) -> Result:
    (folder / "reference.csv").write_text(reference, encoding="utf-8")
    (folder / "current.csv").write_text(current, encoding="utf-8")
    files = [str(folder / "reference.csv"), str(folder / "current.csv")]
    return CliRunner().invoke(app, ["--data-dir", str(folder / "d"), "drift", "compare", *files, *arguments])


@pytest.mark.requirement("HE-30", "HE-31", "HE-50")
def test_each_column_gets_values_a_p_value_and_a_verdict(tmp_path: Path) -> None:
    before, now = table(range(100, 400), ["ok"]), table(range(300, 600), ["ok", "slow"])
    done = compare(tmp_path, before, now, "--json")

    assert done.exit_code == 1
    told = json.loads(done.stdout)
    length, state = told["columns"]
    assert (told["drifted"], length["kind"], state["kind"]) == (True, "figures", "categories")
    by_name = {measure["name"]: measure for measure in length["measures"]}
    assert by_name["population stability index"]["statistic"] > 0.2
    assert by_name["kolmogorov-smirnov"]["statistic"] == pytest.approx(2 / 3, abs=0.01)
    assert by_name["kolmogorov-smirnov"]["p_value"] < 0.001
    assert (length["drifted"], state["drifted"]) == (True, True)


def test_files_that_are_alike_exit_with_zero_and_say_so(tmp_path: Path) -> None:
    before = table(range(300), ["ok", "slow"])
    done = compare(tmp_path, before, before)
    assert done.exit_code == 0
    assert "no column drifted" in done.stdout


def test_columns_of_too_few_samples_are_not_told_as_the_same(tmp_path: Path) -> None:
    few = compare(tmp_path, table(range(3), ["ok"]), table(range(3), ["ok"]))
    assert (few.exit_code, "no data: no column could be compared" in few.stdout) == (0, True)
    assert "no column drifted" not in few.stdout


def test_a_column_with_too_few_samples_is_no_data_and_no_drift(tmp_path: Path) -> None:
    done = compare(tmp_path, table(range(300), ["ok"]), table(range(5), ["ok"]))
    assert done.exit_code == 0
    assert "no data" in done.stdout


@pytest.mark.parametrize(
    ("current", "told"),
    [
        ("", "has no header"),
        ("length,length\n", "has no header of different column names"),
        ("length,state\n1\n", "line 2: 1 values for 2 columns"),
        ("length\n1\n", "the current has no column 'state'"),
    ],
)
def test_what_is_wrong_with_a_file_is_named(tmp_path: Path, current: str, told: str) -> None:
    done = compare(tmp_path, table(range(300), ["ok"]), current)
    assert isinstance(done.exception, InvalidInputError)
    assert told in done.exception.message
