"""Routes and targets in the settings: the contract's form, and every wrong name told at once."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from watchkeeper.app.configured_routes import (
    configured_breakers,
    configured_complexity,
    configured_gates,
    configured_routes,
    route_named,
)
from watchkeeper.app.settings import Settings
from watchkeeper.app.settings_problems import SettingsProblem, SettingsProblemsError
from watchkeeper.app.settings_sources import load_settings
from watchkeeper.app.settings_view import settings_view
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.gateway.circuit_breaker import BreakerPolicy
from watchkeeper.gateway.complexity import Complexity
from watchkeeper.gateway.routes import RouteTarget
from watchkeeper.gateway.target_gate import GateLimits

CONTRACT = """
targets:
  small: {provider: openai, base_url: "http://127.0.0.1:11434/v1", model: "qwen2.5:7b"}
  large: {provider: anthropic, model: claude-sonnet-4-5, api_key: "${ANTHROPIC_API_KEY}"}
routes:
  extract: {targets: [large, small, baseline], timeout_s: 60, cache_ttl_s: 300}
"""
ENVIRONMENT = {"ANTHROPIC_API_KEY": "s3cr3t"}


def load(folder: Path, yaml: str, environment: dict[str, str] | None = None) -> Settings:
    (folder / "watchkeeper.yaml").write_text(yaml, encoding="utf-8")
    loaded = load_settings(config=None, environment=environment or ENVIRONMENT, workloads={}, folder=folder)
    assert settings_view(loaded)
    return loaded.settings


def problems(folder: Path, yaml: str) -> dict[str, SettingsProblem]:
    with pytest.raises(SettingsProblemsError) as told:
        load(folder, yaml)
    return {problem.path: problem for problem in told.value.problems}


def test_the_contracts_example_is_a_route_of_three_tiers(tmp_path: Path) -> None:
    settings = load(tmp_path, CONTRACT)
    route = configured_routes(settings)["extract"]
    assert [target.name for target in route.targets] == ["large", "small", "baseline"]
    assert (route.timeout_s, route.cache_ttl_s, route.reserve_output_tokens) == (60.0, 300.0, 4096)
    assert settings.targets["large"].api_key == SecretStr("s3cr3t")


def test_without_an_address_a_target_is_the_vendors_own(tmp_path: Path) -> None:
    targets = load(tmp_path, CONTRACT + "  other: {targets: [large]}\n").targets
    assert targets["large"].base_url == "https://api.anthropic.com"
    assert targets["small"].base_url == "http://127.0.0.1:11434/v1"
    mine = load(tmp_path, "targets: {mine: {provider: openai, model: m}}").targets["mine"]
    assert mine.base_url == "https://api.openai.com/v1"


def test_a_target_in_a_route_may_have_a_weight(tmp_path: Path) -> None:
    yaml = CONTRACT + "  split: {targets: [{target: small, weight: 90}, {target: large, weight: 10}]}\n"
    route = configured_routes(load(tmp_path, yaml))["split"]
    assert route.targets == (RouteTarget(name="small", weight=90), RouteTarget(name="large", weight=10))
    assert route.tiers == (route.targets,)


def test_what_a_target_can_do_travels_into_its_routes(tmp_path: Path) -> None:
    yaml = """
targets: {small: {provider: openai, model: m, context_tokens: 8000, continues: prefix}}
routes: {r: {targets: [small], by_complexity: {simple: small}, force: small, retries: 0, on_hang_up: cancel}}
"""
    route = configured_routes(load(tmp_path, yaml))["r"]
    small = RouteTarget(name="small", context_tokens=8000, continues="prefix")
    assert route.targets == (small,)
    assert route.by_complexity == {Complexity.SIMPLE: small}
    assert (route.forced, route.retry.attempts, route.on_hang_up) == ("small", 1, "cancel")


def test_every_target_has_a_breaker_of_its_own(tmp_path: Path) -> None:
    yaml = """
targets:
  plain: {provider: openai, model: m}
  tender:
    provider: openai
    model: m
    breaker: {failures: 3, recovery_s: 5, half_open_calls: 1, successes: 1}
"""
    assert configured_breakers(load(tmp_path, yaml)) == {
        "plain": BreakerPolicy(failures=5, recovery_s=60.0, half_open_calls=3, successes=2),
        "tender": BreakerPolicy(failures=3, recovery_s=5.0, half_open_calls=1, successes=1),
    }


def test_every_target_has_a_gate_that_is_open_unless_told_otherwise(tmp_path: Path) -> None:
    yaml = """
targets:
  plain: {provider: openai, model: m}
  narrow: {provider: openai, model: m, max_concurrency: 2, queue: 3, queue_wait_s: 4}
"""
    assert configured_gates(load(tmp_path, yaml)) == {
        "plain": GateLimits(at_once=None, queue=100, wait_s=10.0),
        "narrow": GateLimits(at_once=2, queue=3, wait_s=4.0),
    }


def test_every_wrong_name_in_a_route_is_told_at_once_with_its_place(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        """
targets: {small: {provider: openai, model: m}}
routes:
  one: {targets: [larg, {target: smal, weight: 1}, baseline], by_complexity: {simple: tiny}}
  two: {targets: [small], force: huge, retries: 99}
  small: {targets: [small]}
  baseline: {targets: []}
""",
    )
    assert {
        "routes.one.targets.0",
        "routes.one.targets.1.target",
        "routes.one.by_complexity.simple",
        "routes.two.force",
        "routes.two.retries",
        "routes.small",
        "routes.baseline.targets",
    } <= set(told)
    assert told["routes.one.targets.0"].value == "'larg'"
    assert told["routes.one.targets.0"].source == "watchkeeper.yaml:4"
    assert told["routes.one.targets.0"].action == "use one of `targets` (small)"
    assert "could mean either" in told["routes.small"].problem


def test_an_unknown_key_of_a_routes_target_gets_a_suggestion(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        CONTRACT + "  r: {targets: [{target: small, wieght: 1}]}\n",
    )
    assert told["routes.r.targets.0.wieght"].action == "did you mean `weight`?"


def test_a_route_whose_targets_all_have_no_traffic_is_refused(tmp_path: Path) -> None:
    told = problems(
        tmp_path,
        CONTRACT + "  r: {targets: [{target: small, weight: 0}]}\n",
    )
    assert "weight 0" in told["routes.r.targets"].problem


def test_a_route_cannot_force_a_target_it_does_not_have(tmp_path: Path) -> None:
    told = problems(tmp_path, CONTRACT + "  r: {targets: [large], force: small}\n")
    assert told["routes.r.force"].action == "use one of: large"


def test_a_targets_list_in_the_environment_is_json(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        CONTRACT,
        {**ENVIRONMENT, "WATCHKEEPER_ROUTES__EXTRACT__TARGETS": '["small", "baseline"]'},
    )
    assert [target.target for target in settings.routes["extract"].targets] == ["small", "baseline"]


def test_the_task_map_can_be_edited_and_keeps_what_is_not_mentioned(tmp_path: Path) -> None:
    yaml = "complexity: {tasks: {Fact-Check: expert, juggling: simple}, unknown: moderate}"
    tasks = configured_complexity(load(tmp_path, yaml))
    assert tasks.tasks["fact_check"] is Complexity.EXPERT
    assert tasks.tasks["juggling"] is Complexity.SIMPLE
    assert tasks.tasks["hook"] is Complexity.SIMPLE
    assert tasks.unknown is Complexity.MODERATE
    assert tasks.raise_above_tokens == 50_000


def test_economy_lowers_the_middle_tasks_and_not_the_fact_check(tmp_path: Path) -> None:
    tasks = configured_complexity(load(tmp_path, "complexity: {economy: true}")).tasks
    assert [tasks[name].value for name in ("hook", "medium", "expanded", "fact_check")] == [
        "simple",
        "simple",
        "moderate",
        "complex",
    ]


def test_a_level_that_does_not_exist_is_a_problem(tmp_path: Path) -> None:
    assert list(problems(tmp_path, "complexity: {tasks: {hook: trivial}}")) == ["complexity.tasks.hook"]


def test_a_model_name_is_a_route_or_a_target_and_nothing_else(tmp_path: Path) -> None:
    settings = load(tmp_path, CONTRACT)
    assert route_named(settings, "extract").name == "extract"
    assert [target.name for target in route_named(settings, "small").targets] == ["small"]
    with pytest.raises(NotFoundError, match="'gpt' is neither a route nor a target"):
        route_named(settings, "gpt")
