"""`wk coach`: learning from a labelled folder, and reading with what was learned."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Installation


@pytest.mark.slow
def test_what_was_learned_from_one_label_a_field_reads_better_than_it_began(
    wk: "Installation", reports: Path
) -> None:
    labels = reports / "labels.json"
    learned = wk.json(
        "coach", "run", "annual-reports", "--reports", reports, "--labels", labels,
        "--from", "bare", "--save", "first",
    )  # fmt: skip
    assert learned["reports"] == 3
    assert learned["accuracy_after"] > learned["accuracy_before"]
    read = wk.json(
        "run", "annual-reports", reports, "--instructions", "first", "--labels", labels, "--no-coach"
    )
    assert read["accuracy"] == pytest.approx(learned["accuracy_after"])
    again = wk.run(
        "coach", "run", "annual-reports", "--reports", reports, "--labels", labels, "--save", "first"
    )
    assert again.returncode == 1
    assert "already" in again.stderr


def test_coaching_on_a_folder_says_what_it_lacks(wk: "Installation", reports: Path) -> None:
    done = wk.run("coach", "run", "annual-reports", "--reports", reports)
    assert done.returncode == 2
    assert "--labels" in done.stderr
    done = wk.run("run", "annual-reports", reports, "--instructions", "never-saved")
    assert done.returncode == 1
    assert "no instructions 'never-saved'" in done.stderr
