"""Which engines answer over HTTP: those a workload registers that read chats."""

from types import SimpleNamespace
from typing import Any, cast

from watchkeeper.app.chat_engines import chat_engines, engines_of
from watchkeeper.app.route_explanation import explain
from watchkeeper.app.settings import Settings
from watchkeeper.gateway.relay.last_resort import engine_for
from watchkeeper.testing.chat_engine import FirstSentenceEngine

SMALL = {"provider": "openai", "base_url": "http://127.0.0.1:9/v1", "model": "m"}
READER = SimpleNamespace(name="layout", version="1", run=lambda given: given)
"""An engine that reads documents and no chats."""


def found(*engines: object) -> Any:
    workload = SimpleNamespace(baseline_engines=lambda: {str(at): one for at, one in enumerate(engines)})
    return engines_of({"explainer": cast("Any", workload)})


def settings(*targets: str) -> Settings:
    routes = {"explain": {"targets": list(targets)}}
    return Settings.model_validate({"targets": {"small": SMALL}, "routes": routes})


def test_the_engine_of_the_workload_and_agent_is_the_one_that_answers() -> None:
    engines = found(READER, FirstSentenceEngine("first"), FirstSentenceEngine("other", agent="headline"))
    assert [one.name for one in engines["explainer"]] == ["first", "other"]
    named = [
        engine_for(engines, *asked)
        for asked in (
            ("explainer", "summary"),
            ("explainer", "headline"),
            ("explainer", None),
            (None, "summary"),
        )
    ]
    assert [one and one.name for one in named] == ["first", "other", None, None]


def test_explain_names_the_engine_as_the_last_tier() -> None:
    told = explain(settings("small", "baseline"), "explain", baseline="first")
    assert [(step.target, step.provider, step.degraded) for step in told.steps] == [
        ("small", "openai", False),
        ("first", "baseline", True),
    ]


def test_no_workload_is_loaded_where_no_route_has_the_tier() -> None:
    assert chat_engines(settings("small")) == {}
    assert "annual-reports" in chat_engines(settings("small", "baseline"))
