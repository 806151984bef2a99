"""`wk voyage annual-reports` on a real installation: before there are documents, and with them."""

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

pytestmark = pytest.mark.slow


@pytest.mark.requirement("GF-08")
def test_the_voyage_fails_without_documents_is_excellent_with_them_and_is_kept(wk: "Installation") -> None:
    first = wk.json("voyage", "annual-reports", exits=1)
    assert (first["level"], first["passed"]) == ("good", 3)
    assert [one["name"] for one in first["tests"] if not one["passed"]] == ["database"]

    assert wk.run("samples", "make", "reports", "--count", "1").returncode == 0
    assert wk.run("documents", "add", "reports").returncode == 0
    done = wk.run("voyage", "annual-reports")
    assert done.returncode == 0, done.stdout
    assert "4/4 tests passed: excellent" in done.stdout
    assert "16 agents by 2 readers" in done.stdout
    kept = sorted((wk.data_dir / "voyages").iterdir())
    assert json.loads(kept[-1].read_text(encoding="utf-8"))["level"] == "excellent"

    (wk.folder / "none").mkdir()
    bare = wk.json("voyage", "annual-reports", "--instructions", "none", exits=1)
    assert {one["name"] for one in bare["tests"] if not one["passed"]} >= {"patterns"}
