"""`wk eval`: a dataset is answered, scored, compared, gone on with after a break; judges are measured."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from typer.testing import CliRunner

from watchkeeper.cli.main import app
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.testing.scripted_reply import ScriptedReply, answer, failure, json_answer
from watchkeeper.testing.upstream import RecordedRequest, ScriptedUpstream

if TYPE_CHECKING:
    from collections.abc import Callable

CAPITALS = {"Sweden": "Stockholm", "France": "Paris", "Japan": "Tokyo", "Peru": "Lima"}


def prompt_of(request: RecordedRequest) -> str:
    return str(request.json["messages"][-1]["content"])


class Bench:
    """A folder with settings, a suite and a dataset, and a provider behind them."""

    def __init__(self, folder: Path, upstream: ScriptedUpstream) -> None:
        self.folder = folder
        target = {"provider": "openai", "base_url": upstream.base_url, "model": "m-1", "priced_as": "openai"}
        self.write("watchkeeper.yaml", {"targets": {"small": target, "judge": {**target, "model": "m-2"}}})
        lines = [
            json.dumps({"id": country, "input": {"country": country}, "expected": capital})
            for country, capital in CAPITALS.items()
        ]
        (folder / "capitals.jsonl").write_text("\n".join(lines), encoding="utf-8")
        self.suite({"exact": {}})

    def write(self, name: str, data: object) -> None:
        (self.folder / name).write_text(yaml.safe_dump(data), encoding="utf-8")

    def suite(self, *scorers: dict[str, Any], **fields: Any) -> None:
        system = {"target": "small", "prompt": "What is the capital of {country}?"}
        whole = {"name": "capitals", "dataset": "capitals.jsonl", "system": system, "scorers": list(scorers)}
        self.write("suite.yaml", {**whole, **fields})

    def wk(self, *arguments: str) -> Any:
        options = ["--config", str(self.folder / "watchkeeper.yaml"), "--data-dir", str(self.folder / "data")]
        return CliRunner().invoke(app, [*options, "eval", *arguments])

    def run(self, output: str, *arguments: str) -> Any:
        return self.wk(
            "run", str(self.folder / "suite.yaml"), "--output", str(self.folder / output), *arguments
        )

    def lines(self, output: str) -> list[dict[str, Any]]:
        text = (self.folder / output).read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]


def knows(*wrong: str) -> "Callable[[RecordedRequest], ScriptedReply]":
    """Answers every capital, but those of some countries wrongly."""

    def reply(request: RecordedRequest) -> ScriptedReply:
        country = next(one for one in CAPITALS if one in prompt_of(request))
        return answer("Atlantis" if country in wrong else CAPITALS[country])

    return reply


@pytest.fixture
def bench(tmp_path: Path) -> Any:
    def made(then: Any) -> Bench:
        upstream = ScriptedUpstream(then=then)
        upstream.__enter__()
        opened.append(upstream)
        return Bench(tmp_path, upstream)

    opened: list[ScriptedUpstream] = []
    yield made
    for one in opened:
        one.__exit__(None, None, None)


def test_a_run_says_how_many_answers_are_right_and_how_sure_that_is(bench: Any) -> None:
    one = bench(knows("Peru"))
    done = one.run("run.jsonl", "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    [exact] = found["scorers"]
    assert (found["answers"], found["failed"], exact["items"]) == (4, 0, 4)
    assert exact["score"]["mean"] == 0.75
    assert exact["score"]["low"] < 0.75 < exact["score"]["high"] <= 1.0
    wrong = next(line for line in one.lines("run.jsonl")[1:] if line["item"] == "Peru")
    assert wrong["output"] == "Atlantis" and wrong["scores"]["exact"]["reason"] == "expected Lima"
    assert len(wrong["receipts"]) == 1
    told = one.wk("show", str(one.folder / "run.jsonl")).stdout
    assert "4 answers by small over capitals.jsonl" in told and "0.750" in told


def test_an_answer_that_never_came_is_not_checked_and_the_run_says_so(bench: Any) -> None:
    one = bench(failure(400))
    done = one.run("run.jsonl", "--json")
    found = json.loads(done.stdout)
    assert done.exit_code == 1
    assert (found["failed"], found["scorers"][0]["score"], found["scorers"][0]["not_checked"]) == (4, None, 4)


def test_an_answer_that_took_two_attempts_took_the_time_of_both(bench: Any) -> None:
    asked: list[str] = []

    def at_second_try(request: RecordedRequest) -> ScriptedReply:
        asked.append(prompt_of(request))
        return failure(503) if asked.count(asked[-1]) == 1 else knows()(request)

    one = bench(at_second_try)
    assert one.run("run.jsonl").exit_code == 0
    kept = [
        json.loads(line)
        for file in (one.folder / "data" / "receipts").glob("evaluation-*.ndjson")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    by_id = {receipt["receipt_id"]: receipt for receipt in kept}
    for line in one.lines("run.jsonl")[1:]:
        both = [by_id[receipt] for receipt in line["receipts"]]
        assert [receipt["http_status"] for receipt in both] == [503, 200]
        assert line["seconds"] == pytest.approx(sum(receipt["latency_ms"] for receipt in both) / 1000)


def test_a_run_that_broke_off_goes_on_and_asks_nothing_twice(bench: Any) -> None:
    one = bench(knows())
    assert one.run("run.jsonl").exit_code == 0
    whole = (one.folder / "run.jsonl").read_bytes()
    kept = whole.split(b"\n")
    (one.folder / "run.jsonl").write_bytes(b"\n".join(kept[:3]) + b"\n" + kept[3][:20])
    refused = one.run("run.jsonl")
    assert "holds a run" in str(refused.exception)
    broken = one.wk("show", str(one.folder / "run.jsonl"), "--json")
    found = json.loads(broken.stdout)
    assert (broken.exit_code, found["answers"], found["expected_answers"]) == (1, 2, 4)
    assert "it broke off: 4 answers are wanted" in one.wk("show", str(one.folder / "run.jsonl")).stdout
    receipts_before = len(list((one.folder / "data" / "receipts").iterdir()))
    assert receipts_before
    assert one.run("run.jsonl", "--resume").exit_code == 0
    lines = one.lines("run.jsonl")
    assert sorted(line["item"] for line in lines[1:]) == sorted(CAPITALS)
    other = one.run("run.jsonl", "--resume", "--repeats", "2")
    assert "other repeats" in str(other.exception)


def test_two_runs_are_compared_item_by_item(bench: Any) -> None:
    many = {f"{country} {number}": capital for number in range(10) for country, capital in CAPITALS.items()}
    one = bench(knows())
    (one.folder / "capitals.jsonl").write_text(
        "\n".join(
            json.dumps({"id": name, "input": {"country": name.split()[0]}, "expected": capital})
            for name, capital in many.items()
        ),
        encoding="utf-8",
    )
    assert one.run("good.jsonl").exit_code == 0
    worse = bench(knows("Peru"))
    (worse.folder / "capitals.jsonl").write_text(
        "\n".join(
            json.dumps({"id": name, "input": {"country": name.split()[0]}, "expected": capital})
            for name, capital in many.items()
        ),
        encoding="utf-8",
    )
    assert worse.run("bad.jsonl").exit_code == 0
    compared = worse.wk("compare", str(one.folder / "good.jsonl"), str(one.folder / "bad.jsonl"), "--json")
    [exact] = json.loads(compared.stdout)
    assert (compared.exit_code, exact["verdict"], exact["pairs"]) == (1, "worse", 40)
    assert exact["difference"]["mean"] == -0.25
    assert exact["p_value"] < 0.05
    same = worse.wk("compare", str(one.folder / "good.jsonl"), str(one.folder / "good.jsonl"), "--json")
    assert json.loads(same.stdout)[0]["verdict"] == "no difference shown"
    whole = (one.folder / "good.jsonl").read_bytes()
    (one.folder / "broken.jsonl").write_bytes(b"".join(whole.splitlines(keepends=True)[:31]))
    broken = worse.wk("compare", str(one.folder / "good.jsonl"), str(one.folder / "broken.jsonl"), "--json")
    assert [(c["pairs"], c["unpaired"]) for c in json.loads(broken.stdout)] == [(30, 10)]


def test_judges_are_measured_and_scores_corrected_by_their_errors(bench: Any) -> None:
    def lenient(request: RecordedRequest) -> ScriptedReply:
        """Passes every right answer, and one wrong one of four."""
        passed = "right" in prompt_of(request) or "lucky" in prompt_of(request)
        return json_answer({"reason": "so it seems", "verdict": "pass" if passed else "fail"})

    one = bench(lenient)
    golden = [
        {"id": f"r{n}", "input": "?", "output": f"a right answer {n}", "tags": {"right": "yes"}}
        for n in range(20)
    ] + [
        {
            "id": f"w{n}",
            "input": "?",
            "output": f"a {'lucky' if n % 4 == 0 else 'bad'} answer {n}",
            "tags": {"right": "no"},
        }
        for n in range(20)
    ]
    (one.folder / "golden.jsonl").write_text("\n".join(map(json.dumps, golden)), encoding="utf-8")
    one.suite({"judge": {"target": "judge", "rubric": "it is true"}}, system=None)
    suite, verdicts = str(one.folder / "suite.yaml"), str(one.folder / "verdicts.jsonl")
    measured = one.wk(
        "judge", suite, "--golden", str(one.folder / "golden.jsonl"), "--output", verdicts, "--json"
    )
    assert measured.exit_code == 0, measured.output
    [judge] = json.loads(measured.stdout)
    assert (judge["sensitivity"], judge["specificity"], judge["unsteady"]) == (1.0, 0.75, 0.0)
    assert judge["confusion"]["wrong_passed"] == 5
    assert judge["erred"] == ["w0", "w4", "w8", "w12", "w16"]
    (one.folder / "judge.json").write_text(measured.stdout, encoding="utf-8")
    shown = one.wk("show", verdicts, "--judge", str(one.folder / "judge.json"), "--json")
    [corrected] = json.loads(shown.stdout)["scorers"]
    assert corrected["score"]["mean"] == 0.625
    assert corrected["corrected"]["share"] == pytest.approx(0.5)


def test_what_is_wrong_with_a_suite_is_told_before_anything_is_asked(bench: Any) -> None:
    one = bench(knows())
    one.suite({"exact": {}}, system={"target": "small", "prompt": "The capital of {land}?"})
    told = one.run("run.jsonl")
    assert isinstance(told.exception, InvalidInputError)
    assert "has no 'land', which the prompt names" in str(told.exception)
    one.suite({"exact": {}}, system={"target": "nobody"})
    assert "'nobody' is neither a route nor a target" in str(one.run("run.jsonl").exception)
    one.suite({"colour": {}})
    assert "there is no scorer 'colour'" in str(one.run("run.jsonl").exception)
    (one.folder / "capitals.jsonl").write_text('{"inputs": 1}', encoding="utf-8")
    one.suite({"exact": {}})
    assert "line 1 of capitals.jsonl has no `input`" in str(one.run("run.jsonl").exception)
    assert not (one.folder / "run.jsonl").exists()
