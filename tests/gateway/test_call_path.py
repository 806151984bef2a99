"""The call path: attempts, waits, receipts and outcomes of the calls a workload makes."""

import json
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.domain import errors
from watchkeeper.domain.call import ImagePart, Message, ModelCall, Outcome, TextPart, Usage
from watchkeeper.domain.errors import (
    SettingsError,
    StorageFullError,
    TargetRateLimitedError,
    TargetRefusedError,
    TargetServerError,
    TargetTimeoutError,
    WatchkeeperError,
)
from watchkeeper.gateway import CallPath, RetryPolicy
from watchkeeper.gateway.call_content import HashedContent
from watchkeeper.gateway.ports import BaselineEngine
from watchkeeper.gateway.receipts import ReceiptWriter, verify_receipts
from watchkeeper.gateway.relay.ledger import Ledger, NoFigures
from watchkeeper.gateway.routes import Route, RouteTarget
from watchkeeper.testing.clock import CountedIds, MovedClock
from watchkeeper.testing.kept_receipts import KeptReceipts
from watchkeeper.testing.relay import OpenPurse, relay_thread_to
from watchkeeper.testing.scripted_reply import ScriptedReply, answer, failure, garbage
from watchkeeper.testing.scripted_target import ScriptedTarget, Step
from watchkeeper.testing.upstream import RecordedRequest

CALL = ModelCall(
    workload="annual-reports",
    target="scripted",
    messages=(Message("user", (TextPart("What are the assets of Brf Lärkan?"),)),),
    run_id="RUN_1767225600",
    item_id="larkan.pdf",
    agent="balance_sheet",
    document_sha256="d" * 64,
)
SCHEMA = {
    "type": "object",
    "properties": {"assets": {"type": "integer"}},
    "required": ["assets"],
    "additionalProperties": False,
}
OK = answer("ok")


@dataclass
class Engine:
    """A baseline engine."""

    run: Callable[[object], object]
    name: str = "layout"
    version: str = "7"


@dataclass
class Scene:
    """A call path on a clock that moves only by waiting."""

    undo: ExitStack
    clock: MovedClock = field(default_factory=MovedClock)
    receipts: KeptReceipts = field(default_factory=KeptReceipts)
    waits: list[float] = field(default_factory=list)
    purse: OpenPurse = field(default_factory=OpenPurse)
    chance: float = 0.0

    def path(
        self,
        *targets: ScriptedTarget,
        engines: Iterable[BaselineEngine] = (),
        routes: Iterable[Route] = (),
        retry: RetryPolicy | None = None,
    ) -> CallPath:
        async def wait(seconds: float) -> None:
            self.waits.append(seconds)
            self.clock.advance(seconds)

        models = relay_thread_to(
            targets, self.ledger, routes=routes, chance=lambda: self.chance, wait=wait, purse=self.purse
        )
        path = CallPath(engines, self.ledger, models=models, retry=retry)
        self.undo.callback(path.close)
        return path

    @property
    def ledger(self) -> Ledger:
        return Ledger(
            receipts=self.receipts,
            content=HashedContent(None),
            figures=NoFigures(),
            clock=self.clock,
            ids=CountedIds(),
        )

    def call(self, script: Iterable[Step], call: ModelCall = CALL) -> Outcome:
        return self.path(ScriptedTarget(script)).call(call)


@pytest.fixture
def scene() -> Iterator[Scene]:
    with ExitStack() as undo:
        yield Scene(undo)


def test_an_answer_is_an_outcome_with_one_receipt_that_says_it_all(scene: Scene) -> None:
    def answered(_: RecordedRequest) -> ScriptedReply:
        scene.clock.advance(0.25)
        usage = Usage(input_tokens=12, output_tokens=0, cache_read_tokens=4)
        return answer("301", model="tiny-2026", usage=usage)

    outcome = scene.call([answered])

    assert outcome.error is None
    assert outcome.reply is not None
    assert (outcome.reply.text, outcome.reply.model) == ("301", "tiny-2026")
    assert (outcome.reply.usage.input_tokens, outcome.reply.http_status) == (12, 200)
    assert not outcome.degraded
    (receipt,) = outcome.receipts
    assert scene.receipts.kept == [receipt]
    assert (receipt.workload, receipt.run_id, receipt.item_id) == (
        "annual-reports",
        "RUN_1767225600",
        "larkan.pdf",
    )
    assert (receipt.agent, receipt.target, receipt.provider) == ("balance_sheet", "scripted", "scripted")
    assert (receipt.model, receipt.http_status, receipt.finish_reason) == ("tiny-2026", 200, "stop")
    assert (receipt.latency_ms, receipt.ts) == (250.0, "2026-01-05T08:00:00.250000Z")
    assert (receipt.input_tokens, receipt.output_tokens, receipt.cache_read_tokens) == (12, 0, 4)
    assert receipt.reasoning_tokens is None
    assert (receipt.cost_usd, receipt.cost_source) == (None, None)
    assert (receipt.json_ok, receipt.schema_ok, receipt.error) == (None, None, None)
    assert receipt.response_sha256 == sha256(b"301").hexdigest()
    assert receipt.document_sha256 == "d" * 64


def test_waits_double_with_jitter_and_every_attempt_names_the_first(scene: Scene) -> None:
    scene.chance = 0.5
    outcome = scene.call([failure(503), failure(503), failure(503), OK])

    assert scene.waits == [1.125, 2.25, 4.5]
    assert outcome.error is None
    assert [r.attempt for r in outcome.receipts] == [1, 2, 3, 4]
    first = outcome.receipts[0].receipt_id
    assert [r.parent_receipt_id for r in outcome.receipts] == [None, first, first, first]
    assert [r.http_status for r in outcome.receipts] == [503, 503, 503, 200]
    assert [r.error_code for r in outcome.receipts] == ["target_server_error"] * 3 + [None]
    assert len({r.trace_id for r in outcome.receipts}) == 1
    assert len({r.span_id for r in outcome.receipts}) == 4
    assert not outcome.degraded, "the target that was asked for has answered"


def test_attempts_come_to_an_end_and_the_last_error_stands(scene: Scene) -> None:
    outcome = scene.call([TargetServerError(f"down {n}") for n in range(9)])
    assert outcome.reply is None
    assert outcome.error is not None
    assert outcome.error.message == "down 3"
    assert len(outcome.receipts) == 4


def test_a_refused_call_is_not_tried_again(scene: Scene) -> None:
    outcome = scene.call([TargetRefusedError("no such model", http_status=404)])
    assert (len(outcome.receipts), scene.waits) == (1, [])
    assert outcome.receipts[0].error == "target_refused: no such model"


@pytest.mark.parametrize("status", [400, 404])
def test_what_a_provider_calls_wrong_is_a_failure_and_not_tried_again(scene: Scene, status: int) -> None:
    outcome = scene.call([failure(status, code="nope")])
    assert isinstance(outcome.error, TargetRefusedError)
    assert (len(outcome.receipts), outcome.reply, scene.waits) == (1, None, [])
    assert outcome.receipts[0].http_status == status


def test_retry_after_is_respected(scene: Scene) -> None:
    outcome = scene.call([failure(429, retry_after=17), OK])
    assert scene.waits == [17.0]
    assert outcome.error is None


def test_a_wait_beyond_the_deadline_ends_the_call_at_once(scene: Scene) -> None:
    outcome = scene.call([failure(429, retry_after=61), answer("never asked for")])
    assert scene.waits == []
    assert isinstance(outcome.error, TargetRateLimitedError)
    assert len(outcome.receipts) == 1


def test_attempts_share_one_deadline(scene: Scene) -> None:
    def late(_: RecordedRequest) -> ScriptedReply:
        scene.clock.advance(25.0)
        raise TimeoutError

    target = ScriptedTarget([late], then=late)
    outcome = scene.path(target).call(CALL)
    assert target.limits_s == [60.0, 34.0, 7.0]
    assert isinstance(outcome.error, TargetTimeoutError)


def test_json_that_fits_its_schema_is_parsed(scene: Scene) -> None:
    outcome = scene.call([answer('{"assets": 301}')], schema_call())
    assert outcome.reply is not None
    assert outcome.reply.parsed == {"assets": 301}
    assert (outcome.receipts[0].json_ok, outcome.receipts[0].schema_ok) == (True, True)


def schema_call(schema: dict[str, object] | None = None, **fields: Any) -> ModelCall:
    asked = {"workload": "w", "target": "scripted", "messages": CALL.messages, **fields}
    return ModelCall(json_schema=schema or SCHEMA, **asked)


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"assets": 301}\n```',
        'Here it is: {"assets": 301}',
        '{"assets": 301} {"assets": 302}',
        '{"assets": 301,}',
        "{'assets': 301}",
        '{"assets": NaN}',
        '{"assets": 1e999}',
        '{"assets": 301, "assets": 302}',
        '\ufeff{"assets": 301}',
        '{"assets": ' + "9" * 5000 + "}",
        "[" * 100_000,
        "",
    ],
)
def test_text_that_is_not_json_as_it_is_fails_with_a_receipt_and_is_never_repaired(
    scene: Scene, text: str
) -> None:
    outcome = scene.call([answer(text)], schema_call())
    assert outcome.reply is None
    assert outcome.error is not None
    assert outcome.error.code == "broken_json"
    (receipt,) = outcome.receipts
    assert (receipt.http_status, receipt.json_ok, receipt.schema_ok) == (200, False, None)
    assert receipt.response_sha256 == (sha256(text.encode()).hexdigest() if text else None)


def test_json_that_breaks_its_schema_fails_with_a_receipt(scene: Scene) -> None:
    outcome = scene.call([answer('{"assets": "a secret"}')], schema_call())
    assert outcome.error is not None
    assert outcome.error.code == "schema_mismatch"
    (receipt,) = outcome.receipts
    assert (receipt.http_status, receipt.json_ok, receipt.schema_ok) == (200, True, False)
    assert "properties/assets/type" in (receipt.error or "")
    assert "secret" not in (receipt.error or "")


def test_an_answer_cut_short_is_broken_json_even_where_it_parses(scene: Scene) -> None:
    reply = answer("30", finish_reason="length", usage=Usage(output_tokens=1))
    outcome = scene.call([reply], schema_call({"type": "integer"}))
    assert outcome.error is not None
    assert outcome.error.code == "broken_json"
    assert "max_output_tokens" in outcome.error.action
    assert "4096 tokens" in outcome.error.message
    assert outcome.receipts[0].output_tokens == 1


@pytest.mark.parametrize(
    "reply",
    [
        answer("", finish_reason="refusal", usage=Usage(input_tokens=9)),
        answer("", finish_reason="content_filter", usage=Usage(input_tokens=9)),
        ScriptedReply(refusal="I would rather not.", usage=Usage(input_tokens=9)),
        garbage(
            b'{"choices": [{"message": {"content": null}, "finish_reason": "content_filter"}],'
            b' "usage": {"prompt_tokens": 9}}'
        ),
    ],
)
def test_a_refusal_is_a_failure_whose_tokens_are_counted(scene: Scene, reply: ScriptedReply) -> None:
    outcome = scene.call([reply], schema_call())
    assert isinstance(outcome.error, TargetRefusedError)
    (receipt,) = outcome.receipts
    assert (receipt.http_status, receipt.input_tokens) == (200, 9)
    assert (receipt.json_ok, receipt.schema_ok) == (False, None)


@pytest.mark.parametrize(
    "schema", [{"type": "no such type"}, {"$ref": "https://example.invalid/schema.json"}, {"type": object()}]
)
def test_a_schema_that_is_none_is_the_callers_error_with_a_receipt(
    scene: Scene, schema: dict[str, object]
) -> None:
    outcome = scene.call([answer("{}")], schema_call(schema))
    assert outcome.error is not None
    assert outcome.error.code == "invalid_input"
    assert len(outcome.receipts) == 1


def test_a_target_nobody_has_leaves_a_receipt_and_says_which_there_are(scene: Scene) -> None:
    outcome = scene.path(ScriptedTarget()).call(
        ModelCall(workload="w", target="large", messages=CALL.messages)
    )
    assert outcome.error is not None
    assert outcome.error.code == "not_found"
    assert "there are: scripted" in outcome.error.message
    assert (outcome.receipts[0].provider, outcome.receipts[0].model) == ("none", "large")
    assert scene.receipts.kept == list(outcome.receipts)


def test_two_engines_or_an_engine_and_a_target_of_one_name_are_refused_at_once(scene: Scene) -> None:
    twice = [Engine(lambda given: given), Engine(lambda given: given)]
    with pytest.raises(SettingsError, match="'layout'"):
        scene.path(engines=twice)
    with pytest.raises(SettingsError, match="'layout'"):
        scene.path(ScriptedTarget(name="layout"), engines=twice[:1])


def test_a_receipt_that_cannot_be_written_fails_the_call_and_counts_nothing(scene: Scene) -> None:
    scene.receipts.full_from = 1
    outcome = scene.call([TargetServerError("down"), answer("answered, and not counted")])
    assert outcome.reply is None
    assert isinstance(outcome.error, StorageFullError)
    assert list(outcome.receipts) == scene.receipts.kept
    assert len(outcome.receipts) == 1


def test_a_defect_of_a_target_is_an_outcome_that_repeats_no_content(
    scene: Scene, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def defect(_: RecordedRequest) -> ScriptedReply:
        raise KeyError("a secret")

    outcome = scene.call([defect])
    assert outcome.error is not None
    assert outcome.error.code == "internal_error"
    assert "KeyError" in (outcome.receipts[0].error or "")
    assert "secret" not in (outcome.receipts[0].error or "")
    assert "failed by a defect" in caplog.text
    assert capsys.readouterr().out == "", "what a command prints is not for the log"


def test_a_baseline_engine_answers_in_the_callers_thread_at_no_cost(scene: Scene) -> None:
    ran_in: list[int] = []

    def run(given: object) -> object:
        ran_in.append(threading.get_ident())
        return {"assets": given}

    outcome = scene.path(engines=[Engine(run)]).call(
        ModelCall(workload="w", target="layout", baseline_input=301, route="extract")
    )

    assert outcome.reply is not None
    assert outcome.reply.parsed == {"assets": 301}
    assert ran_in == [threading.get_ident()]
    (receipt,) = outcome.receipts
    assert (receipt.provider, receipt.model, receipt.release) == ("baseline", "layout", "7")
    assert (receipt.http_status, receipt.cost_usd, receipt.cost_source) == (None, "0", "baseline")
    assert (receipt.input_tokens, receipt.prompt_sha256) == (None, None)
    assert (receipt.finish_reason, receipt.attempt, receipt.route) == ("stop", 1, "extract")
    assert not receipt.degraded
    assert receipt.response_sha256 == sha256(b'{"assets":301}').hexdigest()


@pytest.mark.parametrize(("answered", "fits"), [(301, True), ("301", False)])
def test_what_a_baseline_engine_answers_is_held_to_a_schema_too(
    scene: Scene, answered: object, fits: bool
) -> None:
    path = scene.path(engines=[Engine(lambda _: {"assets": answered})])
    outcome = path.call(schema_call(target="layout", baseline_input=0))
    assert (outcome.error is None, outcome.receipts[0].schema_ok) == (fits, fits)
    assert outcome.receipts[0].json_ok is None


def test_a_baseline_engine_that_raises_leaves_a_receipt_that_names_the_place(scene: Scene) -> None:
    def broken(given: object) -> object:
        return int(str(given))

    outcome = scene.path(engines=[Engine(broken)]).call(
        ModelCall(workload="w", target="layout", baseline_input="a secret")
    )
    assert outcome.error is not None
    assert outcome.error.code == "baseline_failed"
    error = outcome.receipts[0].error or ""
    assert "'layout' (version 7) failed with ValueError" in error
    assert "secret" not in error


def test_prompts_are_known_by_their_hash_and_never_stand_in_a_receipt(scene: Scene) -> None:
    def hash_of(*parts: TextPart | ImagePart) -> str | None:
        call = ModelCall(workload="w", target="scripted", messages=(Message("user", parts),))
        return scene.call([OK], call).receipts[0].prompt_sha256

    text, page = TextPart("årsredovisning"), ImagePart("image/png", b"one page")
    assert hash_of(text, page) == hash_of(text, page)
    assert len({hash_of(text), hash_of(text, page), hash_of(text, ImagePart("image/png", b"another"))}) == 3
    assert "rsredovisning" not in "".join(r.line().decode() for r in scene.receipts.kept)


def test_many_threads_call_at_once_and_the_chain_holds(tmp_path: Path) -> None:
    def echo(request: RecordedRequest) -> ScriptedReply:
        return answer(request.json["messages"][0]["content"])

    with ReceiptWriter(tmp_path, "run", clock=SystemClock()) as receipts, ThreadPoolExecutor(8) as pool:
        ledger = Ledger(
            receipts=receipts, content=None, figures=NoFigures(), clock=SystemClock(), ids=SystemIds()
        )
        models = relay_thread_to([ScriptedTarget(then=echo)], ledger)
        path = CallPath([Engine(lambda given: str(given))], ledger, models=models)
        asked = [
            ModelCall(
                workload="w",
                target="scripted" if n % 2 else "layout",
                messages=(Message("user", (TextPart(f"{n}"),)),),
                baseline_input=n,
            )
            for n in range(200)
        ]
        outcomes = list(pool.map(path.call, asked))
        path.close()

    replies = [outcome.reply for outcome in outcomes if outcome.reply]
    assert [reply.parsed or reply.text for reply in replies] == [f"{n}" for n in range(200)]
    report = verify_receipts(tmp_path, [])
    assert (report.clean, report.lines) == (True, 200)
    lines = (tmp_path / "run-000001.ndjson").read_bytes().splitlines()
    assert {json.loads(line)["receipt_id"] for line in lines} == {
        outcome.receipts[0].receipt_id for outcome in outcomes
    }


def test_every_error_of_a_target_is_an_outcome(scene: Scene) -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type)]
    for kind in (one for one in kinds if issubclass(one, WatchkeeperError)):
        error = kind("it failed")
        outcome = scene.path(ScriptedTarget(then=error), retry=RetryPolicy(attempts=2)).call(CALL)
        assert outcome.error is error
        assert len(outcome.receipts) == (2 if kind.retryable else 1)


def test_every_attempt_holds_money_for_the_calls_workload_and_ends_its_hold(scene: Scene) -> None:
    scene.call([failure(503), OK])
    assert [hold.spender.workload for hold in scene.purse.holds] == ["annual-reports"] * 2
    assert [hold.ended for hold in scene.purse.holds] == ["released", "unsettled"], "no price is known here"


def test_nothing_is_opened_for_calls_that_need_no_model(scene: Scene) -> None:
    before = threading.active_count()
    path = scene.path(ScriptedTarget(), engines=[Engine(lambda given: given)])
    path.call(ModelCall(workload="w", target="layout", baseline_input=1))
    path.call(ModelCall(workload="w", target="nobody"))
    assert threading.active_count() == before


def test_closing_ends_a_call_that_waits_and_its_receipt_says_so(scene: Scene) -> None:
    arrived = threading.Event()

    def hang(_: RecordedRequest) -> ScriptedReply:
        arrived.set()
        return answer("never", delay_s=30)

    path = scene.path(ScriptedTarget([hang]))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(path.call, CALL)
        assert arrived.wait(10)
        path.close()
        outcome = waiting.result(timeout=10)
    assert outcome.error is not None
    assert "closed" in outcome.error.message
    assert [receipt.error_code for receipt in outcome.receipts] == ["broken_off"]

    after = path.call(CALL)
    assert after.error is not None
    assert (after.error.code, after.receipts[0].error_code) == ("unavailable", "unavailable")
    path.close()


def test_a_relay_that_cannot_be_opened_fails_the_call_with_a_receipt(scene: Scene) -> None:
    def refuse() -> None:
        raise SettingsError("the api_key of target 'scripted' is empty")

    class NoRelay:
        async def __aenter__(self) -> None:
            refuse()

        async def __aexit__(self, *_: object) -> None:
            """Never opened."""

    from watchkeeper.gateway import RelayThread

    path = CallPath([], scene.ledger, models=RelayThread(NoRelay, names=["scripted"]))  # type: ignore[arg-type]
    for _ in range(2):
        outcome = path.call(CALL)
        assert isinstance(outcome.error, SettingsError)
        assert outcome.receipts[0].error_code == "invalid_settings"
    path.close()


# Routes.

LARGE, SMALL, BASELINE = (RouteTarget(name=name) for name in ("large", "small", "baseline"))


def routed(*targets: RouteTarget, **fields: Any) -> Route:
    return Route(name="extract", targets=targets, retry=RetryPolicy(attempts=1), **fields)


def asking(**fields: Any) -> ModelCall:
    return ModelCall(workload="w", target="extract", messages=CALL.messages, **fields)


def test_a_route_answers_by_its_next_target_and_the_outcome_says_who_and_why(scene: Scene) -> None:
    path = scene.path(
        ScriptedTarget([failure(503)], name="large"),
        ScriptedTarget([answer("from small")], name="small"),
        routes=[routed(LARGE, SMALL)],
    )
    outcome = path.call(asking())
    assert outcome.reply is not None
    assert outcome.reply.text == "from small"
    assert outcome.degraded
    assert outcome.fallback is not None
    assert (outcome.fallback.target, outcome.fallback.tier) == ("small", 2)
    assert outcome.fallback.reason == "fallback, tier 2; large failed (target_server_error)"
    assert [(r.target, r.route, r.degraded) for r in outcome.receipts] == [
        ("large", "extract", False),
        ("small", "extract", True),
    ]


def test_an_answer_that_breaks_its_schema_sends_the_call_to_the_routes_next_target(scene: Scene) -> None:
    path = scene.path(
        ScriptedTarget([answer('{"assets": "many"}')], name="large"),
        ScriptedTarget([answer('{"assets": 301}')], name="small"),
        routes=[routed(LARGE, SMALL)],
    )
    outcome = path.call(schema_call(target="extract"))
    assert outcome.reply is not None
    assert outcome.reply.parsed == {"assets": 301}
    assert [(r.target, r.json_ok, r.schema_ok, r.error_code) for r in outcome.receipts] == [
        ("large", True, False, "schema_mismatch"),
        ("small", True, True, None),
    ]


def test_a_calls_deadline_holds_on_a_route_that_would_wait_longer(scene: Scene) -> None:
    target = ScriptedTarget([failure(429, retry_after=40), OK], name="large")
    route = Route(name="extract", targets=(LARGE,), timeout_s=600.0)
    outcome = scene.path(target, routes=[route]).call(asking(deadline_s=30.0))
    assert isinstance(outcome.error, TargetRateLimitedError)
    assert len(outcome.receipts) == 1


@pytest.mark.parametrize("script", [[failure(503)], [failure(400)], [garbage()]])
def test_where_every_model_fails_the_engine_that_fits_answers_degraded(
    scene: Scene, script: list[Step]
) -> None:
    path = scene.path(
        ScriptedTarget(script, name="large"),
        engines=[Engine(lambda given: {"assets": given})],
        routes=[routed(LARGE, BASELINE)],
    )
    outcome = path.call(asking(baseline="layout", baseline_input=301))
    assert outcome.error is None
    assert outcome.reply is not None
    assert outcome.reply.parsed == {"assets": 301}
    assert outcome.fallback is not None
    assert (outcome.fallback.target, outcome.fallback.tier) == ("layout", 2)
    assert "large failed" in outcome.fallback.reason
    failed, answered = outcome.receipts
    assert (answered.target, answered.provider, answered.release) == ("layout", "baseline", "7")
    assert (answered.degraded, answered.cost_usd, answered.http_status) == (True, "0", None)
    assert (answered.attempt, answered.parent_receipt_id) == (2, failed.receipt_id)
    assert (answered.trace_id, answered.route) == (failed.trace_id, "extract")
    assert scene.receipts.kept == [failed, answered]


def test_a_route_of_the_engine_alone_answers_degraded_with_one_receipt(scene: Scene) -> None:
    path = scene.path(engines=[Engine(lambda given: given)], routes=[routed(BASELINE)])
    outcome = path.call(asking(baseline="layout", baseline_input=301))
    assert outcome.reply is not None
    assert outcome.degraded
    (receipt,) = outcome.receipts
    assert (receipt.target, receipt.degraded, receipt.attempt) == ("layout", True, 1)


@pytest.mark.parametrize(
    "fields", [{}, {"baseline": "layout"}, {"baseline": "nobody", "baseline_input": 1}, {"baseline_input": 1}]
)
def test_a_call_that_no_engine_fits_fails_as_its_models_do(scene: Scene, fields: dict[str, Any]) -> None:
    path = scene.path(
        ScriptedTarget([failure(503)], name="large"),
        engines=[Engine(lambda given: given)],
        routes=[routed(LARGE, BASELINE)],
    )
    outcome = path.call(asking(**fields))
    assert isinstance(outcome.error, TargetServerError)
    assert (outcome.degraded, len(outcome.receipts)) == (False, 1)


def test_a_model_that_answers_leaves_the_engine_alone(scene: Scene) -> None:
    def never(_: object) -> object:
        raise AssertionError("the engine was run")

    path = scene.path(
        ScriptedTarget([OK], name="large"), engines=[Engine(never)], routes=[routed(LARGE, BASELINE)]
    )
    outcome = path.call(asking(baseline="layout", baseline_input=1))
    assert (outcome.error, outcome.degraded) == (None, False)


def test_an_engine_that_fails_too_is_the_error_that_stands(scene: Scene) -> None:
    path = scene.path(
        ScriptedTarget([failure(503)], name="large"),
        engines=[Engine(lambda given: int(str(given)))],
        routes=[routed(LARGE, BASELINE)],
    )
    outcome = path.call(asking(baseline="layout", baseline_input="x"))
    assert outcome.error is not None
    assert outcome.error.code == "baseline_failed"
    assert [r.error_code for r in outcome.receipts] == ["target_server_error", "baseline_failed"]


def test_a_full_disk_is_no_reason_to_fall_back(scene: Scene) -> None:
    scene.receipts.full_from = 0
    path = scene.path(
        ScriptedTarget([OK], name="large"),
        engines=[Engine(lambda given: given)],
        routes=[routed(LARGE, BASELINE)],
    )
    outcome = path.call(asking(baseline="layout", baseline_input=1))
    assert isinstance(outcome.error, StorageFullError)
    assert outcome.receipts == ()
