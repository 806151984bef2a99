"""The five steps of docs/sdk.md, done as the page says by an application that has nothing yet."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "sdk.md"


@pytest.mark.requirement("HE-68")
def test_an_application_is_instrumented_by_what_the_page_shows(tmp_path: Path) -> None:
    block = re.search(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    assert block is not None
    assert len(block[1].splitlines()) < 30, "a few lines are promised"
    done = subprocess.run(
        [sys.executable, "-c", block[1]], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr

    kept = tmp_path / ".watchkeeper" / "sdk" / "shop-search"
    rows = {
        name: [json.loads(line) for line in (kept / "logs" / f"{name}.jsonl").read_text().splitlines()]
        for name in ("queries", "system", "performance", "alerts")
    }
    (query,) = rows["queries"]
    assert (query["text"], query["success"], query["components"]) == (
        "where is the nearest shop",
        True,
        ["retriever", "ranker"],
    )
    timed = {row["operation"] for row in rows["performance"] if row["event"] == "timing"}
    assert {"retriever", "ranker", "work", "query"} <= timed
    waiting = {path.suffix for path in (kept / "spool").rglob("*.*") if path.is_file()}
    assert {".traces", ".metrics", ".queries", ".evaluations", ".feedback"} <= waiting, "for the server"


def test_the_sdk_is_there_by_its_own_name_too(tmp_path: Path) -> None:
    code = "import watchkeeper; print(watchkeeper.sdk.LogHandler.__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "LogHandler"
