"""The operator's hand on coaching: stopped, and begun again behind a typed word and a backup."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow


@pytest.mark.requirement("GF-45")
def test_a_reset_needs_the_typed_word_saves_the_state_first_and_begins_at_phase_1(wk: "Installation") -> None:
    refused = wk.run("coach", "reset", "--confirm", "yes", "--reason", "trying", "--by", "Ida")
    assert refused.returncode == 2
    assert "nothing has changed" in refused.stderr
    assert not (wk.data_dir / "backups").exists() or not list((wk.data_dir / "backups").glob("before-reset*"))

    done = wk.json("coach", "reset", "--confirm", "annual-reports", "--reason", "a new start", "--by", "Ida")
    backup = Path(done["backup"])
    assert backup.read_bytes()[:5] == b"PGDMP"
    assert (done["sessions"], done["versions"], done["golden_examples"]) == (0, 0, 0)
    assert wk.json("status")["phase"]["number"] == 1


def test_coaching_that_is_stopped_says_since_when_by_whom_and_why(wk: "Installation", reports: Path) -> None:
    assert wk.run("documents", "add", reports).returncode == 0
    stopped = wk.json("coach", "disable", "--reason", "odd answers", "--by", "Ida")
    assert stopped["enabled"] is False
    refused = wk.run("run", "annual-reports", "--next", "1", "--coach")
    assert refused.returncode == 1
    assert "by Ida: odd answers" in refused.stderr
    assert wk.json("coach", "enable", "--reason", "understood", "--by", "Ida")["enabled"] is True
