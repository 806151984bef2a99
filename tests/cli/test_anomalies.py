"""`wk anomalies scan`: a file of points judged, and what is wrong with a file named."""

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from watchkeeper.cli.main import app
from watchkeeper.domain.errors import InvalidInputError


def scan(folder: Path, text: str, *arguments: str) -> Result:
    (folder / "series.csv").write_text(text, encoding="utf-8")
    return CliRunner().invoke(
        app,
        ["--data-dir", str(folder / "data"), "anomalies", "scan", str(folder / "series.csv"), *arguments],
    )


def series(*values: object) -> str:
    lines = [
        f"2026-01-{1 + n // 1440:02}T{n // 60 % 24:02}:{n % 60:02}:00Z,{v}" for n, v in enumerate(values)
    ]
    return "\n".join(["timestamp,value", *lines]) + "\n"


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text(encoding="utf-8").splitlines()))


def test_a_file_comes_back_with_a_score_and_a_verdict_a_line(tmp_path: Path) -> None:
    output = tmp_path / "scores.csv"
    done = scan(tmp_path, series(*[1, 2] * 150, 900, *[1, 2] * 5), "--output", str(output), "--json")

    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert (told["points"], told["judged"]) == (311, 161)
    assert [alert["value"] for alert in told["alerts"]] == ["900"]
    rows = rows_of(output)
    assert [row["alert"] for row in rows].count("1") == 1
    assert rows[300]["alert"] == "1"
    assert rows[0] == {"timestamp": "2026-01-01T00:00:00Z", "value": "1", "score": "", "alert": "0"}


def test_a_value_that_is_not_known_is_passed_over_and_stays_in_the_file(tmp_path: Path) -> None:
    output = tmp_path / "scores.csv"
    done = scan(tmp_path, series(1, "", 2), "--output", str(output))
    assert done.exit_code == 0
    assert [row["value"] for row in rows_of(output)] == ["1", "", "2"]


def test_a_header_of_two_columns_may_call_them_what_it_likes(tmp_path: Path) -> None:
    named = series(1, 2, 3).replace("timestamp,value", "time,latency")
    done = scan(tmp_path, named)
    assert (done.exit_code, "3 points" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1 names the columns nothing"),
        ("time,host,figure\n", "line 1 names the columns time, host, figure"),
        ("2026-11-28T00:00:00Z,1\n", "line 1 names the columns 2026-11-28T00:00:00Z, 1"),
        ("timestamp,value\nyesterday,1\n", "line 2: 'yesterday' is no timestamp"),
        ("timestamp,value\n2026-01-01,many\n", "line 2: 'many' is no number"),
        ("timestamp,value\n2026-01-01,nan\n", "line 2: 'nan' is no number"),
        ("timestamp,value\n2026-01-01\n", "line 2: it has 1 column"),
        (
            "timestamp,value\n2026-01-02,1\n2026-01-01,1\n",
            "line 3: 2026-01-01 is earlier than the line before",
        ),
    ],
)
def test_what_is_wrong_with_a_file_is_named_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    done = scan(tmp_path, text)
    assert isinstance(done.exception, InvalidInputError)
    assert told in done.exception.message
