"""What goes wrong while coaching leaves whole sessions, and is told."""

import json
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from watchkeeper.domain.errors import ConflictError
from watchkeeper.workloads.annual_reports.coaching.document_coach import sole_coach

if TYPE_CHECKING:
    from conftest import Installation


def test_a_second_coach_on_the_same_data_is_refused_until_the_first_is_done(tmp_path: Path) -> None:
    refused = pytest.raises(ConflictError, match="another process is coaching")
    with sole_coach(tmp_path), refused, sole_coach(tmp_path):
        pass
    with sole_coach(tmp_path):
        pass


@pytest.mark.slow
def test_a_second_coach_by_command_is_refused_and_its_run_told_as_failed(
    wk: "Installation", reports: Path
) -> None:
    wk.run("documents", "add", reports)
    with sole_coach(wk.data_dir):
        done = wk.run("coach", "run", "annual-reports", "--phase", 1, "--from", 1, "--to", 2)
    assert done.returncode == 1
    assert "another process is coaching on this data folder" in done.stderr
    with wk.api() as api:
        assert [run["status"] for run in api.get("/runs")] == ["failed"]
        assert api.get("/coaching/annual-reports/rounds") == []


@pytest.mark.slow
def test_a_deleted_document_and_a_killed_coach_leave_whole_sessions_only(
    wk: "Installation", reports: Path
) -> None:
    own = wk.folder / "own"
    shutil.copytree(reports, own)
    wk.run("documents", "add", own)
    wk.run("coach", "adopt", "bare", "--by", "Ida")
    gone = sorted(own.glob("*.pdf"))[0]
    gone.unlink()
    window = ("--phase", 1, "--from", 1, "--to", 3, "--labels", own / "labels.json")
    coach = wk.start("coach", "run", "annual-reports", *window)
    with wk.api() as api:
        wk.until(lambda: api.get("/coaching/annual-reports/rounds"))
        os.kill(coach.pid, signal.SIGKILL)
        coach.communicate()
        rows = api.get("/coaching/annual-reports/rounds")
        versions = api.get("/coaching/annual-reports/instructions")
    changes = sum(row["change"] is not None for row in rows)
    by_coach = [row for row in versions if row["author"] == "coach"]
    assert len(by_coach) == changes
    sessions = {row["session_id"] for row in rows}
    assert all(
        sorted(row["round"] for row in rows if row["session_id"] == one)
        == list(range(1, 1 + sum(row["session_id"] == one for row in rows)))
        for one in sessions
    )
    done = wk.run("coach", "run", "annual-reports", *window)
    assert done.returncode == 1
    assert f"not coached on: {gone.name}" in done.stdout
    assert "coached 2 documents" in done.stdout


@pytest.mark.slow
def test_a_document_without_labels_is_counted_and_leaves_no_version_an_accuracy(
    wk: "Installation", reports: Path
) -> None:
    wk.run("documents", "add", reports)
    wk.run("coach", "adopt", "bare", "--by", "Ida")
    first = Path(wk.json("documents", "list")["documents"][0]["path"]).name
    labels = json.loads((reports / "labels.json").read_text(encoding="utf-8"))
    (wk.folder / "some.json").write_text(json.dumps({first: labels[first]}), encoding="utf-8")
    window = ("--phase", 1, "--from", 1, "--to", 2)
    ran = wk.json("coach", "run", "annual-reports", *window, "--labels", wk.folder / "some.json")
    assert (ran["documents"], ran["by_consensus"]) == (2, 1)
    [phase] = wk.json("coach", "phases")
    assert (phase["documents"], phase["without_truth"]) == (2, 1)
    assert wk.json("status")["golden_examples"] == ran["golden"]
    with wk.api() as api:
        versions = api.get("/coaching/annual-reports/instructions")
    made = [row for row in versions if row["author"] == "coach"]
    assert made and {row["accuracy"] for row in made} == {None}
