"""Evaluation runs and measured judges are kept at a server, shown, compared, and written out again."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from typer.testing import CliRunner

from watchkeeper.app.client import ApiClient
from watchkeeper.app.settings_stores import ContentSettings
from watchkeeper.cli.main import app
from watchkeeper.domain.errors import InvalidInputError, NotFoundError

if TYPE_CHECKING:
    from conftest import StartServer

ANSWERS = {f"item-{n}": n % 4 != 0 for n in range(12)}
"""Whether each answer of the first run is right; the second run's all are."""


class Bench:
    """A folder with suites over given answers, and a server to keep their runs."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.url = url
        self.items("before.jsonl", right=lambda name: ANSWERS[name])
        self.items("after.jsonl", right=lambda _: True)
        for name in ("before", "after"):
            self.suite(name)

    def items(self, name: str, *, right: Any, **tags: Any) -> None:
        lines = [
            {
                "id": item,
                "input": "?",
                "expected": "yes",
                "output": "yes" if right(item) else f"no, ask ada@example.org about {item}",
                **({"tags": tags["tags"](item)} if tags else {}),
            }
            for item in ANSWERS
        ]
        (self.folder / name).write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")

    def suite(self, name: str, **other: Any) -> None:
        whole = {"name": "quiz", "dataset": f"{name}.jsonl", "scorers": [{"exact": {}}], **other}
        (self.folder / f"{name}.yaml").write_text(yaml.safe_dump(whole), encoding="utf-8")

    def wk(self, *arguments: str, server: bool = True) -> Any:
        places = ["--data-dir", str(self.folder / "elsewhere"), *(["--server", self.url] if server else [])]
        return CliRunner().invoke(app, [*places, "eval", *arguments])

    def run(self, name: str, *arguments: str, server: bool = True) -> Any:
        files = (str(self.folder / f"{name}.yaml"), "--output", str(self.folder / f"{name}.run"))
        return self.wk("run", *files, *arguments, server=server)

    def get(self, path: str, **asked: Any) -> Any:
        with ApiClient(self.url) as client:
            return client.get(f"/evaluation{path}", asked)

    def kept(self, name: str) -> str:
        done = self.run(name, "--by", "Ada Berg", "--json")
        assert done.exit_code == 0, done.output
        return str(json.loads(done.stdout)["kept_as"])


def test_a_run_is_kept_where_a_server_is_up_and_shown_compared_and_written_out(
    start_server: "StartServer", tmp_path: Path
) -> None:
    bench = Bench(tmp_path, start_server().address)
    offline = bench.run("before", server=False)
    assert offline.exit_code == 0 and "no server is up: the run is in" in offline.stdout
    added = json.loads(bench.wk("add", str(tmp_path / "before.run"), "--by", "Ada Berg", "--json").stdout)
    again = json.loads(bench.wk("add", str(tmp_path / "before.run"), "--by", "Bo Ek", "--json").stdout)
    assert [(one["run_id"], one["added"]) for one in (*added, *again)] == [
        (added[0]["run_id"], 12),
        (added[0]["run_id"], 0),
    ]
    before, after = added[0]["run_id"], bench.kept("after")

    listed = json.loads(bench.wk("list", "--json").stdout)
    assert [one["run_id"] for one in listed["runs"]] == [after, before]
    assert listed["runs"][1]["kept_by"] == "Ada Berg"
    [exact] = listed["runs"][1]["summary"]["scorers"]
    assert (exact["items"], exact["score"]["mean"]) == (12, 0.75)
    assert 0.4 < exact["score"]["low"] < 0.75 < exact["score"]["high"] < 0.95
    assert "0.750" in bench.wk("list").stdout

    shown = json.loads(bench.wk("show", before, "--json").stdout)
    assert shown == json.loads(bench.wk("show", str(tmp_path / "before.run"), "--json").stdout)
    items = bench.get(f"/runs/{before}/items", outcome="wrong", limit=2)
    assert (items["scorer"], items["total"], len(items["items"])) == ("exact", 3, 2)
    assert items["items"][0]["standing"]["score"] == 0
    assert items["items"][0]["answers"][0]["output"].startswith("no, ask [redacted:email]")

    compared = bench.get("/comparison", before=before, after=after)
    [exact] = compared["scorers"]
    assert (exact["difference"]["mean"], exact["pairs"], len(exact["moved"])) == (0.25, 12, 3)
    by_command = json.loads(bench.wk("compare", before, str(tmp_path / "after.run"), "--json").stdout)
    assert by_command == [exact]

    done = bench.wk("export", after, "--output", str(tmp_path / "again.run"))
    assert done.exit_code == 0
    assert (tmp_path / "again.run").read_bytes() == (tmp_path / "after.run").read_bytes()

    with pytest.raises(NotFoundError, match="no evaluation run"):
        bench.get("/runs/EVAL_0000000000000000")
    with pytest.raises(InvalidInputError, match="no scorer 'colour'"):
        bench.get(f"/runs/{before}/items", scorer="colour")


def test_a_measured_judge_corrects_the_runs_of_its_suite_and_opted_out_text_is_not_kept(
    start_server: "StartServer", tmp_path: Path
) -> None:
    bench = Bench(tmp_path, start_server(content=ContentSettings(opt_out=("secret",))).address)
    bench.suite("before", scorers=[{"pattern": {"pattern": "yes|item-0"}}], workload="secret")
    run_id = bench.kept("before")
    lines = bench.get(f"/runs/{run_id}/lines")["lines"]
    assert {one["output"] for one in lines} == {None}
    assert bench.get(f"/runs/{run_id}")["summary"]["scorers"][0]["corrected"] is None

    bench.items(
        "golden.jsonl",
        right=lambda name: ANSWERS[name],
        tags=lambda name: {"right": "yes" if ANSWERS[name] else "no"},
    )
    golden, verdicts = str(tmp_path / "golden.jsonl"), str(tmp_path / "verdicts")
    suite = str(tmp_path / "before.yaml")
    measured = bench.wk("judge", suite, "--golden", golden, "--output", verdicts, "--by", "Ada Berg")
    assert measured.exit_code == 0, measured.output
    assert "scores of quiz are corrected by it from now on" in measured.stdout

    [judge] = json.loads(bench.wk("judges", "--suite", "quiz", "--json").stdout)
    assert judge["quality"]["confusion"] == {
        "right_passed": 9,
        "right_failed": 0,
        "wrong_passed": 1,
        "wrong_failed": 2,
    }
    assert "66.67 %, 2 of 3" in bench.wk("judges").stdout
    told = json.loads(bench.wk("show", run_id, "--json").stdout)["scorers"][0]
    # 10 of 12 passed; a judge that passes a third of wrong answers says 75 % by that.
    assert told["score"]["mean"] == pytest.approx(10 / 12)
    assert told["corrected"]["share"] == pytest.approx(0.75)
    assert told["corrected"]["low"] < 0.75 < told["corrected"]["high"]
    assert "0.750" in bench.wk("list").stdout
