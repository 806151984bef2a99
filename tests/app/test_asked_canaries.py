"""Canaries of a file are asked of a target, checked by type, kept, and prove a release or do not."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from typer.testing import CliRunner

from watchkeeper.app.client import ApiClient
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.testing.scripted_reply import ScriptedReply, answer, failure, json_answer
from watchkeeper.testing.upstream import RecordedRequest, ScriptedUpstream

if TYPE_CHECKING:
    from conftest import StartServer

CANARIES: list[dict[str, Any]] = [
    {"id": "capital", "ask": "The capital of Norway?", "equal": "oslo"},
    {"id": "people", "ask": "How many live there?", "number": 700_000},
    {"id": "language", "ask": "A language there?", "one_of": ["Norwegian", "Sami"]},
    {"id": "river", "ask": "What about the river?", "rubric": "It names the Aker river."},
]
RIGHT = {
    "The capital of Norway?": "Oslo",
    "How many live there?": "706 000",
    "A language there?": "sami",
    "What about the river?": "It is the Aker.",
}


class Desk:
    """A folder with settings and canaries, a provider behind them, and a server that keeps all."""

    def __init__(self, folder: Path, url: str, upstream: ScriptedUpstream) -> None:
        self.folder = folder
        self.url = url
        target = {"provider": "openai", "base_url": upstream.base_url, "model": "m-1", "priced_as": "openai"}
        self.write("watchkeeper.yaml", {"targets": {"small": target, "judge": {**target, "model": "m-2"}}})
        self.canaries(*CANARIES)

    def write(self, name: str, data: object) -> None:
        (self.folder / name).write_text(yaml.safe_dump(data), encoding="utf-8")

    def canaries(self, *canaries: dict[str, Any], **other: Any) -> None:
        whole = {"suite": "norway", "workload": "quiz", "system": {"target": "small"}, "judge": "judge"}
        self.write("canaries.yaml", {**whole, "canaries": list(canaries), **other})

    def wk(self, *arguments: str) -> Any:
        places = ("--config", str(self.folder / "watchkeeper.yaml"), "--data-dir", str(self.folder / "own"))
        return CliRunner().invoke(app, [*places, "--server", self.url, *arguments])

    def run(self, *arguments: str) -> Any:
        return self.wk("canary", "run", str(self.folder / "canaries.yaml"), *arguments)

    def verdicts(self, *arguments: str) -> dict[str, str]:
        done = self.run(*arguments, "--json")
        told = json.loads(done.stdout)
        assert done.exit_code == (0 if told["green"] else 1)
        return {one["document"]: one["verdict"] for one in told["checks"]}


def right_but(other: Mapping[str, ScriptedReply]) -> Any:
    """Answers every question rightly, but those told otherwise by their canary's id; the judge passes all."""
    of_id = {str(one["ask"]): str(one["id"]) for one in CANARIES}

    def reply(request: RecordedRequest) -> ScriptedReply:
        asked = str(request.json["messages"][-1]["content"])
        if asked not in RIGHT:
            return other.get("judge", json_answer({"reason": "it does", "verdict": "pass"}))
        return other.get(of_id[asked], answer(RIGHT[asked]))

    return reply


def test_typed_canaries_prove_a_release_only_when_every_answer_passes(
    start_server: "StartServer", tmp_path: Path
) -> None:
    url = start_server().address
    other: dict[str, ScriptedReply] = {}
    with ScriptedUpstream(then=right_but(other)) as upstream:
        desk = Desk(tmp_path, url, upstream)
        made = desk.wk("release", "make", "quiz", "--pin", "targets.ask=small", "--by", "Ida", "--json")
        release = str(json.loads(made.stdout)["release_id"])
        assert set(desk.verdicts("--release", release, "--by", "Ida").values()) == {"pass"}
        with ApiClient(url) as client:
            [proof] = client.get(f"/releases/{release}")["proofs"]
            kept = client.get("/canaries/latest", {"workload": "quiz"})
        assert (proof["check"], proof["verdict"]) == ("canaries", "passed")
        assert proof["told"] == "4 of 4 of norway, asked of small"
        assert {(one["document"], one["expected"]) for one in kept} >= {("language", "Norwegian or Sami")}

        other |= {"people": answer("707 000"), "capital": answer("It is Oslo"), "language": answer(" ")}
        assert desk.verdicts("--release", release, "--by", "Ida") == {
            "capital": "fail",
            "people": "fail",
            "language": "missing",
            "river": "pass",
        }
        other.clear()
        other |= {"capital": failure(400), "judge": json_answer({"reason": "", "verdict": "cannot tell"})}
        assert desk.verdicts("--release", release, "--by", "Ida") == {
            "capital": "could_not_run",
            "people": "pass",
            "language": "pass",
            "river": "could_not_run",
        }
        with ApiClient(url) as client:
            proofs = client.get(f"/releases/{release}")["proofs"]
        assert [one["verdict"] for one in proofs] == ["not checked", "failed", "passed"]
        assert proofs[0]["told"].endswith("not passed: capital, river")

        refused = desk.run("--release", release, "--target", "judge")
        assert "works with small, and the canaries ask judge" in str(refused.exception)
        shop = desk.wk("release", "make", "shop", "--pin", "targets.ask=small", "--by", "Ida", "--json")
        refused = desk.run("--release", str(json.loads(shop.stdout)["release_id"]))
        assert "is of shop, and the canaries are of quiz" in str(refused.exception)


@pytest.mark.parametrize(
    ("canaries", "other", "told"),
    [
        ([{"id": "a", "ask": "?"}], {}, "give one of equal, number, one_of, rubric, not none"),
        ([{"id": "a", "ask": "?", "equal": "x", "number": 1}], {}, "not equal and number"),
        ([CANARIES[0], CANARIES[0]], {}, "the id 'capital' comes twice"),
        ([CANARIES[3]], {"judge": None}, "a rubric needs a `judge`"),
        ([CANARIES[0]], {"system": {"target": "nobody"}}, "'nobody' is neither a route nor a target"),
    ],
)
def test_what_is_wrong_with_canaries_is_told_before_anything_is_asked(
    tmp_path: Path, canaries: list[dict[str, Any]], other: dict[str, Any], told: str
) -> None:
    with ScriptedUpstream(then=right_but({})) as upstream:
        desk = Desk(tmp_path, "http://127.0.0.1:9", upstream)
        desk.canaries(*canaries, **other)
        refused = desk.run()
        assert isinstance(refused.exception, Exception) and told in str(refused.exception)
        assert isinstance(refused.exception, InvalidInputError) or "nobody" in told
        assert upstream.requests == ()
