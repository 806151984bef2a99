"""`wk route`: an operator reads what would be tried, and why, before any call is made."""

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Wk

SETTINGS = """
targets:
  small: {provider: openai, base_url: "http://127.0.0.1:11434/v1", model: "qwen2.5:7b"}
  large: {provider: anthropic, model: claude-sonnet-4-5}
routes:
  extract:
    targets: [large, small, baseline]
    by_complexity: {simple: small, moderate: small}
    cache_ttl_s: 300
  split: {targets: [{target: large, weight: 90}, {target: small, weight: 10}]}
"""


@pytest.fixture
def configured(wk: "Wk") -> "Wk":
    (wk.folder / "watchkeeper.yaml").write_text(SETTINGS, encoding="utf-8")
    return wk


def tried(wk: "Wk", *arguments: str) -> list[str]:
    return [step["target"] for step in wk.json("route", "explain", *arguments)["steps"]]


def test_simple_tasks_are_routed_to_the_small_model_until_that_is_switched_off(configured: "Wk") -> None:
    assert tried(configured, "extract", "--task", "hook") == ["small", "large"]
    assert tried(configured, "extract", "--task", "fact_check") == ["large", "small"]
    (configured.folder / "watchkeeper.yaml").write_text(
        SETTINGS + "complexity: {routing: false}\n", encoding="utf-8"
    )
    assert tried(configured, "extract", "--task", "hook") == ["large", "small"]


def test_the_task_map_is_edited_in_the_settings_and_explain_shows_its_effect(configured: "Wk") -> None:
    def level(task: str) -> str:
        found: str = configured.json("route", "explain", "extract", "--task", task)["level"]
        return found

    before = [level(task) for task in ("hook", "medium", "expanded", "fact check")]
    (configured.folder / "watchkeeper.yaml").write_text(
        SETTINGS + "complexity: {economy: true, tasks: {juggling: simple}}\n", encoding="utf-8"
    )
    after = [level(task) for task in ("hook", "medium", "expanded", "fact check", "juggling")]
    assert before == ["simple", "moderate", "complex", "complex"]
    assert after == ["simple", "simple", "moderate", "complex", "simple"]


def test_explain_tells_a_person_the_order_the_reasons_and_what_is_not_known(configured: "Wk") -> None:
    told = configured.run("route", "explain", "extract", "--task", "hook", "--tokens", "50001")
    assert told.returncode == 0
    assert "raised to moderate: 50001 tokens of input are above 50000" in told.stdout
    assert "skipped baseline: no baseline engine fits this call" in told.stdout
    assert "no running gateway tells them" in told.stdout


def test_a_workload_without_an_engine_for_chats_has_its_baseline_tier_skipped(configured: "Wk") -> None:
    asked = ("route", "explain", "extract", "--workload", "annual-reports", "--agent", "balance")
    skipped = configured.json(*asked)["skipped"]
    assert {"target": "baseline", "reason": "no baseline engine fits this call"} in skipped


def test_explain_says_when_chance_decides(configured: "Wk") -> None:
    assert "drawn for each call" in configured.run("route", "explain", "split").stdout
    assert configured.json("route", "explain", "split")["by_chance"] is True
    assert configured.json("route", "explain", "extract")["by_chance"] is False


def test_a_target_and_a_name_nobody_has_are_told_apart(configured: "Wk") -> None:
    assert configured.json("route", "explain", "small")["kind"] == "target"
    unknown = configured.run("route", "explain", "gpt")
    assert unknown.returncode != 0
    assert "'gpt' is neither a route nor a target" in unknown.stderr


def test_without_routes_an_unknown_model_passes_through(wk: "Wk") -> None:
    assert wk.json("route", "explain", "gpt-4o-mini")["kind"] == "passthrough"
    assert "passes through" in wk.run("route", "explain", "gpt-4o-mini").stdout


def test_forcing_a_target_leaves_the_others_out(configured: "Wk") -> None:
    assert tried(configured, "extract", "--force", "small") == ["small"]
    assert configured.run("route", "explain", "extract", "--force", "nobody").returncode == 2


def test_the_list_has_every_route_with_its_targets(configured: "Wk") -> None:
    rows = {row["name"]: row for row in configured.json("route", "list")["routes"]}
    assert rows["extract"]["targets"] == ["large", "small", "baseline"]
    assert rows["split"]["targets"] == ["large (weight 90)", "small (weight 10)"]
    assert rows["extract"]["breakers"] is None
    assert "large → small → baseline" in configured.run("route", "list").stdout


def test_without_routes_the_list_says_how_to_get_one(wk: "Wk") -> None:
    assert "no route is configured" in wk.run("route", "list").stdout
