"""What a model answered is judged afterwards: stored calls, by a suite, on a running installation."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from watchkeeper.testing.scripted_reply import answer
from watchkeeper.testing.upstream import ScriptedUpstream

if TYPE_CHECKING:
    from tests.acceptance.conftest import Installation

SUITE = """\
name: lengths
dataset: questions.jsonl
system: {target: small, prompt: "{input}"}
scorers:
- words: {least: 1, most: 3}
"""

pytestmark = pytest.mark.slow


@pytest.fixture
def running(wk: "Installation") -> Iterator["Installation"]:
    with ScriptedUpstream(then=answer("two words")) as upstream:
        target = f"provider: openai, base_url: {upstream.base_url}, model: m, priced_as: openai"
        wk.settings(f"targets: {{small: {{{target}}}}}")
        with wk.all_up():
            yield wk


def test_scores_of_stored_calls_stand_with_the_calls_and_once(running: "Installation") -> None:
    (running.folder / "suite.yaml").write_text(SUITE, encoding="utf-8")
    (running.folder / "questions.jsonl").write_text('{"input": "say two words"}\n', encoding="utf-8")
    summary = running.json("eval", "run", "suite.yaml", "--output", "run.jsonl")
    assert summary["scorers"][0]["score"]["mean"] == 1.0
    with running.api() as client:
        running.until(lambda: client.get("/calls", {"workload": "evaluation"})["calls"])
        for _ in range(2):
            judged = running.json("eval", "calls", "suite.yaml", "--workload", "evaluation")
            assert judged["scores"] == {"words": {"mean": 1.0, "judged": 1, "not_checked": 0}}
        rows = running.until(lambda: client.get("/evaluations", {"workload": "evaluation"})["rows"])
        [row] = rows
        assert (row["name"], row["value"], row["evaluator"][:8]) == ("words", 1.0, "words 1-")
        call = client.get(f"/calls/{row['trace_id']}/{row['span_id']}")
        assert [one["name"] for one in call["evaluations"]] == ["words"]


def test_stored_calls_are_replayed_on_a_candidate_and_the_verdict_stands_with_its_release(
    running: "Installation",
) -> None:
    (running.folder / "suite.yaml").write_text(SUITE, encoding="utf-8")
    questions = "\n".join(f'{{"id": "{number}", "input": "say two words, {number}"}}' for number in range(12))
    (running.folder / "questions.jsonl").write_text(questions, encoding="utf-8")
    running.json("eval", "run", "suite.yaml", "--output", "run.jsonl")
    with running.api() as client:
        running.until(lambda: len(client.get("/calls", {"workload": "evaluation"})["calls"]) == 12)
    release = running.json("release", "make", "evaluation", "--pin", "targets.eval=small", "--by", "Ida")
    asked = ("replay", "suite.yaml", "--workload", "evaluation", "--candidate", "small")
    same = running.json(*asked, "--output", "same", "--release", release["release_id"])
    assert (same["calls"], same["failed"], same["verdict"]) == (12, 0, "passed")
    with running.api() as client:
        proofs = client.get(f"/releases/{release['release_id']}")["proofs"]
        before, after = same["kept_as"]
        compared = client.get("/evaluation/comparison", {"before": before, "after": after})
    assert [(one["check"], one["verdict"]) for one in proofs] == [("replay", "passed")]
    assert [one["pairs"] for one in compared["scorers"]] == [12]
    refused = running.run(*asked, "--output", "same")
    assert "same is there already" in refused.stderr
