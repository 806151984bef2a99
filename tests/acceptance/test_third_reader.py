"""A model as a third reader joins the consensus; its failures leave receipts and cost no result."""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import pytest

from watchkeeper.testing.scripted_reply import ScriptedReply, answer, dropped, failure, json_answer
from watchkeeper.testing.upstream import RecordedRequest, ScriptedUpstream

pytestmark = pytest.mark.slow


if TYPE_CHECKING:
    from conftest import Installation

SECRET = "sk-test-3fbd1a77c0de4e1c9a"
SETTINGS = """
targets:
  vision: {{provider: openai, base_url: "{url}", model: scripted-1, api_key: "${{MODEL_KEY}}", timeout_s: 20}}
workloads:
  annual-reports: {{third_reader: vision}}
"""


def agent_of(request: RecordedRequest) -> str:
    text = json.dumps(request.json["messages"][0])
    found = re.search(r"You are the (\w+) agent", text)
    assert found
    return found.group(1)


def nothing_found(request: RecordedRequest) -> dict[str, Any]:
    return dict.fromkeys(request.json["response_format"]["json_schema"]["schema"]["required"])


class Model:
    """Answers that it found nothing, but for what a test tells it of an agent."""

    def __init__(self, assets: int) -> None:
        self.faults: dict[str, list[Callable[[RecordedRequest], ScriptedReply]]] = defaultdict(list)
        self._assets = assets
        self._lock = Lock()

    def __call__(self, request: RecordedRequest) -> ScriptedReply:
        agent = agent_of(request)
        with self._lock:
            if self.faults[agent]:
                return self.faults[agent].pop(0)(request)
        found = nothing_found(request)
        if agent == "balance_sheet":
            found["assets"] = {"value": self._assets, "page": 4, "printed": str(self._assets)}
        return json_answer(found)


@dataclass(frozen=True)
class Read:
    """A report read by three readers, and the receipts of the third."""

    line: dict[str, Any]
    run_id: str
    receipts: dict[str, list[dict[str, Any]]]
    """The third reader's, by agent, in order of attempts."""
    installation: "Installation"
    everything_said: str


@pytest.fixture(scope="module")
def read(office: "Installation", report: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Read]:
    labels = json.loads((report.parent / "labels.json").read_text(encoding="utf-8"))
    model = Model(labels[report.name]["fields"]["assets"]["value"])
    leak = json.dumps({"error": {"message": f"Incorrect API key provided: {SECRET}", "code": "bad_key"}})
    model.faults.update(
        {
            "governance": [lambda _: answer('{"chairman": {"value": "Siv')],
            "property": [lambda _: json_answer({"made_up": 1})],
            "cash_flow": [lambda _: failure(429, retry_after=0)],
            "income_statement": [lambda _: dropped()],
            "member_info": [lambda _: failure(401, body=leak.encode())],
        }
    )
    folder = tmp_path_factory.mktemp("third")
    (folder / "data").symlink_to(office.data_dir)
    with ScriptedUpstream(then=model) as upstream:
        made = replace(office, folder=folder, environment={"MODEL_KEY": SECRET})
        made.settings(SETTINGS.format(url=upstream.base_url))
        done = made.run("run", "annual-reports", report, "--output", "out.jsonl")
        assert {one.headers["authorization"] for one in upstream.requests} == {f"Bearer {SECRET}"}
    assert done.returncode == 0, done.stderr
    (line,) = made.lines()
    receipts = defaultdict(list)
    for receipt in made.receipts().values():
        if receipt["run_id"] == line["run_id"] and receipt["target"] == "vision":
            receipts[receipt["agent"]].append(receipt)
    yield Read(line, line["run_id"], receipts, made, done.stdout + done.stderr)


def test_its_answer_joins_the_consensus(read: Read) -> None:
    assets = read.line["fields"]["assets"]
    assert set(assets["readers"]) == {"layout", "flow", "vision"}
    assert assets["verdict"] == "agreed"
    shown = read.installation.json("twins", "show", read.run_id, read.line["document"])
    assert sorted(shown["readers"]) == ["flow", "layout", "vision"]


def test_the_twins_results_come_whatever_the_model_does_and_the_run_is_marked(read: Read) -> None:
    assert read.line["status"] == "ok"
    assert "run mode degraded: a reader failed on 1 document" in read.everything_said
    with read.installation.api() as api:
        assert api.get(f"/runs/{read.run_id}")["details"]["run_mode"] == "degraded"
    assert read.line["fields"]["chairman"]["value"] is not None
    assert read.line["fields"]["org_no"]["value"] is not None


@pytest.mark.requirement("GF-48")
def test_json_that_does_not_parse_is_a_failure_with_a_receipt_and_is_not_mended(read: Read) -> None:
    (receipt,) = read.receipts["governance"]
    assert (receipt["http_status"], receipt["json_ok"], receipt["schema_ok"]) == (200, False, None)
    assert receipt["error"].startswith("broken_json: ")
    assert "vision" not in read.line["fields"]["chairman"]["readers"]


def test_json_that_breaks_the_schema_is_a_failure_with_a_receipt(read: Read) -> None:
    (receipt,) = read.receipts["property"]
    assert (receipt["http_status"], receipt["json_ok"], receipt["schema_ok"]) == (200, True, False)
    assert receipt["error"].startswith("schema_mismatch: ")


def test_a_rate_limit_is_waited_out_and_each_attempt_has_its_receipt(read: Read) -> None:
    refused, answered = sorted(read.receipts["cash_flow"], key=lambda one: one["attempt"])
    assert (refused["http_status"], refused["attempt"], refused["json_ok"]) == (429, 1, None)
    assert refused["error"].startswith("target_rate_limited: ")
    assert (answered["http_status"], answered["attempt"], answered["error"]) == (200, 2, None)
    assert answered["parent_receipt_id"] == refused["receipt_id"]


def test_a_cut_connection_has_a_receipt_without_a_status(read: Read) -> None:
    cut, answered = sorted(read.receipts["income_statement"], key=lambda one: one["attempt"])
    assert (cut["http_status"], cut["error"].split(":")[0]) == (None, "target_unreachable")
    assert (answered["json_ok"], answered["schema_ok"]) == (True, True)


@pytest.mark.requirement("GF-18")
def test_every_failure_is_counted_by_model_and_message_with_its_document(read: Read) -> None:
    found = read.installation.json("receipts", "errors", "--run", read.run_id, exits=1)
    kinds = {group["error"].split(":")[0]: group for group in found["groups"]}
    assert set(kinds) == {
        *("broken_json", "schema_mismatch", "target_rate_limited", "target_unreachable", "target_refused")
    }
    for group in kinds.values():
        assert (group["count"], group["documents"]) == (1, [read.line["document"]])
    assert len(found["failed"]) == 5
    table = read.installation.run("receipts", "errors", "--run", read.run_id).stdout
    assert table.startswith("5 of the last ")
    assert "broken_json" in table
    assert read.line["document"] in table


@pytest.mark.requirement("GF-17")
def test_a_model_below_its_target_is_marked(read: Read) -> None:
    found = read.installation.json("receipts", "success", "--run", read.run_id, exits=1)
    below = {one["model"] for one in found["models"] if one["below_target"]}
    assert below == {"scripted-1"}
    assert "BELOW" in read.installation.run("receipts", "success", "--run", read.run_id).stdout


def test_no_secret_is_in_any_receipt_log_result_or_message(read: Read) -> None:
    """The provider repeated the key in its refusal, as some do."""
    assert SECRET not in read.everything_said
    folders = [read.installation.data_dir / name for name in ("receipts", "logs", "run", "content", "cache")]
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert files
    for path in (*files, read.installation.folder / "out.jsonl"):
        assert SECRET.encode() not in path.read_bytes(), path
    with read.installation.api() as api:
        assert SECRET not in json.dumps(api.get(f"/runs/{read.run_id}/results", {"model": "vision"}))
    assert SECRET not in read.installation.run("config", "show").stdout


ROUTED = """
targets:
  large: {{provider: openai, base_url: "{ill}", model: gpt-4o}}
  small: {{provider: openai, base_url: "{well}", model: gpt-4o-mini, priced_as: openai}}
routes:
  extract: {{targets: [large, small, baseline], retries: 0}}
workloads:
  annual-reports: {{third_reader: extract}}
"""


def test_a_route_reads_as_a_third_reader_with_fallback_and_price(
    office: "Installation", report: Path, tmp_path: Path
) -> None:
    labels = json.loads((report.parent / "labels.json").read_text(encoding="utf-8"))
    model = Model(labels[report.name]["fields"]["assets"]["value"])
    (tmp_path / "data").symlink_to(office.data_dir)
    with ScriptedUpstream(then=failure(503)) as ill, ScriptedUpstream(then=model) as well:
        made = replace(office, folder=tmp_path)
        made.settings(ROUTED.format(ill=ill.base_url, well=well.base_url))
        done = made.run("run", "annual-reports", report, "--output", "out.jsonl")
    assert done.returncode == 0, done.stderr
    (line,) = made.lines()
    assert set(line["fields"]["assets"]["readers"]) == {"layout", "flow", "extract"}
    ours = [
        one
        for one in made.receipts().values()
        if one["run_id"] == line["run_id"] and one["route"] == "extract"
    ]
    answered = [one for one in ours if one["error"] is None]
    assert {one["target"] for one in answered} == {"small"}
    assert all(one["degraded"] and one["cost_source"] == "genai-prices" for one in answered)
    assert {one["target"] for one in ours} == {"large", "small"}, "no engine in the model's place"
    # Five failures open the breaker of the first target; from then on it is left alone.
    assert len(ill.requests) < len(answered)
