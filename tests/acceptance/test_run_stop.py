"""A run is stopped by its id and gone on with; after trouble one document is read before all go on."""

import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.conftest import many_reports

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow
COPIES = 600


@pytest.mark.requirement("GF-41")
def test_a_run_stopped_by_its_id_leaves_whole_lines_and_is_gone_on_with(
    wk: "Installation", report: Path
) -> None:
    folder = many_reports(report, wk.folder / "many", COPIES)
    # As a script's background job: SIGINT does nothing there.
    in_background = replace(wk, prefix=("env", "--ignore-signal=INT"))
    process = in_background.start("run", "annual-reports", folder, "--workers", "1")
    assert process.stdout is not None
    run_id = process.stdout.readline().strip()
    wk.until(lambda: (wk.folder / "out.jsonl").exists() and wk.lines())
    stopped = wk.json("run", "stop", run_id)
    process.communicate(timeout=60)
    finished = len(wk.lines())
    assert (stopped["status"], stopped["finished"]) == ("interrupted", finished)
    assert 0 < finished < COPIES

    again = wk.run("run", "stop", run_id)
    assert again.returncode == 1
    assert f"{run_id} is interrupted" in again.stderr

    for one in sorted(folder.iterdir())[finished + 3 :]:
        one.unlink()
    resumed = wk.json("run", "annual-reports", folder, "--resume", run_id)
    assert resumed["skipped"] == finished
    assert len({line["document"] for line in wk.lines()}) == len(wk.lines())


@pytest.mark.requirement("GF-44")
def test_a_recovery_run_reads_one_document_without_coaching_under_an_id_that_says_so(
    wk: "Installation", report: Path
) -> None:
    folder = wk.folder / "some"
    folder.mkdir()
    for number in range(2):
        shutil.copy(report, folder / f"{number}.pdf")
    refused = wk.run("run", "annual-reports", folder, "--recover", "--coach")
    assert refused.returncode == 2
    assert "reads one document and nothing else" in refused.stderr
    done = wk.json("run", "annual-reports", folder, "--recover")
    assert done["run_id"].startswith("RECOVERY_")
    assert (done["statuses"], done["coaching"]) == ({"ok": 1}, None)
    of_corpus = wk.json("run", "annual-reports", "--recover", "--output", "second.jsonl")
    assert of_corpus["statuses"] == {"ok": 1}
    broken = wk.folder / "broken.pdf"
    broken.write_bytes(b"no PDF")
    assert wk.run("run", "annual-reports", broken, "--recover").returncode == 1

    # Nothing else goes on until one was clean.
    held = wk.run("run", "annual-reports", folder, "--output", "third.jsonl")
    assert held.returncode == 1
    assert "was not clean: 0 read, 1 failed" in held.stderr
    assert wk.run("run", "annual-reports", folder, "--recover", "--output", "fourth.jsonl").returncode == 0
    assert wk.run("run", "annual-reports", folder, "--output", "third.jsonl").returncode == 0
