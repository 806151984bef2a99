"""The relay of a process that serves no HTTP, built from settings: same prices, same budgets, same routes."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from psycopg.conninfo import conninfo_to_dict

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.app.gateway.call_path_wiring import RelayPlace, relay_thread
from watchkeeper.app.settings import Settings
from watchkeeper.domain.call import Message, ModelCall, Outcome, TextPart
from watchkeeper.gateway import CallPath
from watchkeeper.gateway.call_content import HashedContent
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures
from watchkeeper.testing.kept_receipts import KeptReceipts
from watchkeeper.testing.scripted_reply import answer, failure
from watchkeeper.testing.upstream import ScriptedUpstream


class Engine:
    """A baseline engine."""

    name = "layout"
    version = "1"

    def run(self, given: object, /) -> object:
        return {"read": given}


@dataclass
class Scene:
    """A call path under settings, as a worker process has it."""

    data_dir: Path
    undo: ExitStack
    receipts: KeptReceipts = field(default_factory=KeptReceipts)

    def path(self, upstream: ScriptedUpstream, **settings: Any) -> CallPath:
        target = {"provider": "openai", "base_url": upstream.base_url, "model": "gpt-4o-mini"}
        whole = {"targets": {"small": {**target, "priced_as": "openai"}}, **settings}
        ledger = Ledger(
            receipts=self.receipts,
            content=HashedContent(None),
            figures=NoFigures(),
            clock=SystemClock(),
            ids=SystemIds(),
        )
        place = RelayPlace(data_dir=self.data_dir, name="reading", ledger=ledger)
        path = CallPath([Engine()], ledger, models=relay_thread(Settings.model_validate(whole), place))
        self.undo.callback(path.close)
        return path


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with ExitStack() as undo:
        yield Scene(tmp_path / "data", undo)


@pytest.fixture
def upstream() -> Iterator[ScriptedUpstream]:
    with ScriptedUpstream(then=answer("hello", model="gpt-4o-mini-2024-07-18")) as running:
        yield running


def url_of(conninfo: str) -> str:
    """The same place as a URL, as settings have it."""
    parts = conninfo_to_dict(conninfo)
    where = urlencode({"host": parts["host"], "port": parts["port"]})
    return f"postgresql://{parts['user']}@/{parts['dbname']}?{where}"


def ask(path: CallPath, target: str, **fields: Any) -> Outcome:
    messages = (Message("user", (TextPart("hi"),)),)
    return path.call(ModelCall(workload="reading", target=target, messages=messages, **fields))


def test_a_call_is_priced_as_one_over_http_is(scene: Scene, upstream: ScriptedUpstream) -> None:
    outcome = ask(scene.path(upstream), "small")
    assert outcome.reply is not None
    (receipt,) = outcome.receipts
    assert (receipt.cost_usd, receipt.cost_source) == ("0.0000045", "genai-prices")
    assert (receipt.target, receipt.provider, receipt.http_status) == ("small", "openai", 200)


def test_a_name_nobody_has_is_never_passed_through(scene: Scene, upstream: ScriptedUpstream) -> None:
    outcome = ask(scene.path(upstream, passthrough={"enabled": True}), "gpt-4o-mini")
    assert outcome.error is not None
    assert outcome.error.code == "not_found"
    assert upstream.requests == ()
    assert not (scene.data_dir / "budget").exists(), "nothing was opened"


def test_a_routes_task_map_chooses_a_workloads_model_by_its_agent(
    scene: Scene, upstream: ScriptedUpstream
) -> None:
    target = {"provider": "openai", "base_url": upstream.base_url}
    path = scene.path(
        upstream,
        targets={"small": {**target, "model": "s"}, "large": {**target, "model": "l"}},
        routes={"extract": {"targets": ["large"], "by_complexity": {"simple": "small"}}},
        complexity={"tasks": {"cash_flow": "simple", "balance_sheet": "complex"}},
    )
    asked = [ask(path, "extract", agent=agent).receipts[0] for agent in ("cash_flow", "balance_sheet")]
    assert [(one.target, one.route) for one in asked] == [("small", "extract"), ("large", "extract")]


def test_a_route_ends_at_the_engine_that_fits(scene: Scene) -> None:
    with ScriptedUpstream(then=failure(503)) as ill:
        path = scene.path(ill, routes={"extract": {"targets": ["small", "baseline"], "retries": 0}})
        outcome = ask(path, "extract", baseline="layout", baseline_input=7)
    assert outcome.reply is not None
    assert outcome.reply.parsed == {"read": 7}
    assert outcome.fallback is not None
    assert outcome.fallback.reason == "fallback, tier 2; small failed (target_server_error)"
    assert [one.degraded for one in outcome.receipts] == [False, True]


def test_a_hard_limit_holds_for_a_workloads_calls_too(
    scene: Scene, upstream: ScriptedUpstream, postgres_url: str
) -> None:
    name = f"wiring-{uuid4().hex[:8]}"
    # A call of up to 4,096 tokens of output is held at 0.0044 USD and costs 0.0000045.
    budget = {"name": name, "workload": "reading", "per": "month", "limit_usd": "0.006", "hard": True}
    path = scene.path(upstream, budgets=[budget], postgres={"url": url_of(postgres_url)})
    assert ask(path, "small").error is None
    refused = ask(path, "small", max_output_tokens=16_000)
    assert refused.error is not None
    assert refused.error.code == "budget_spent"
    assert name in refused.error.message
    assert (refused.receipts[0].target, refused.receipts[0].cost_usd) == ("small", "0")
    assert len(upstream.requests) == 1


def test_a_budget_that_is_spent_leaves_the_engine_that_costs_nothing(
    scene: Scene, upstream: ScriptedUpstream, postgres_url: str
) -> None:
    budget = {
        "name": f"wiring-{uuid4().hex[:8]}",
        "workload": "reading",
        "per": "month",
        "limit_usd": "0.000001",
        "hard": True,
    }
    path = scene.path(
        upstream,
        budgets=[budget],
        postgres={"url": url_of(postgres_url)},
        routes={"extract": {"targets": ["small", "baseline"]}},
    )
    outcome = ask(path, "extract", baseline="layout", baseline_input=7)
    assert outcome.degraded
    assert [one.error_code for one in outcome.receipts] == ["budget_spent", None]
    assert upstream.requests == ()
