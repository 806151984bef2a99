"""A run that coaches with a model: its calls leave receipts, its money has an end, and coaching goes on."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from watchkeeper.testing.scripted_reply import ScriptedReply, json_answer
from watchkeeper.testing.upstream import RecordedRequest, ScriptedUpstream

if TYPE_CHECKING:
    from conftest import Installation

pytestmark = pytest.mark.slow

SETTINGS = """
targets:
  big:
    provider: openai
    base_url: "{url}"
    model: scripted-1
    price: {{input_usd_per_mtok: 10, output_usd_per_mtok: 30}}
routes:
  coach: {{targets: [big]}}
budgets: {budgets}
coaching:
  meta_coach: {{target: coach, when: each_round, max_calls: 2}}
"""
BUDGET = "[{name: pocket, route: coach, per: month, limit_usd: '0.0000001', hard: true}]"
WINDOW = ("--phase", 1, "--from", 1, "--to", 1, "--max-rounds", 1)


def adds_a_label(request: RecordedRequest) -> ScriptedReply:
    schema = request.json["response_format"]["json_schema"]["schema"]
    change = {
        "reasoning": "a word more",
        "field": schema["properties"]["field"]["enum"][0],
        "part": "labels",
        "value": ["ett annat ord"],
        "confidence": 0.8,
    }
    return json_answer(change)


@pytest.mark.requirement("GF-14", "GF-71")
def test_a_model_is_asked_within_its_calls_and_its_money_and_each_session_says_so(
    wk: "Installation", reports: Path
) -> None:
    labels = reports / "labels.json"
    with ScriptedUpstream(then=adds_a_label) as upstream:
        wk.settings(SETTINGS.format(url=upstream.base_url, budgets="[]"))
        wk.run("documents", "add", reports)
        wk.run("coach", "adopt", "bare", "--by", "Ida")
        ran = wk.json("coach", "run", "annual-reports", *WINDOW, "--labels", labels)
        use = ran["meta_coach"]
        assert (use["target"], use["calls"], use["answered"]) == ("coach", 2, 2)
        assert float(use["cost_usd"]) > 0
        assert "as often as settings allow" in use["silent_because"]
        assert ran["changes"] > 0
        asked = [one for one in wk.receipts().values() if one["agent"] == "meta-coach"]
        assert [one["route"] for one in asked] == ["coach"] * 2
        reasons = reasons_of(wk, ran["run_id"])
        assert "proposed nothing that is kept" in reasons
        assert "is asked no more" in reasons

        wk.settings(SETTINGS.format(url=upstream.base_url, budgets=BUDGET))
        wk.run("down")
        ran = wk.json("coach", "run", "annual-reports", *WINDOW, "--labels", labels)
        assert ran["meta_coach"]["answered"] == 0
        assert "budget_spent" in ran["meta_coach"]["silent_because"]
        assert "budget_spent" in reasons_of(wk, ran["run_id"])
        assert len(upstream.requests) == 2
        assert ran["sessions"] > 0
        assert ran["failed"] == 0


def reasons_of(wk: "Installation", run_id: str) -> str:
    with wk.api() as api:
        rows = api.get("/coaching/annual-reports/rounds")
    return json.dumps([row["reason"] for row in rows if row["run_id"] == run_id], ensure_ascii=False)
