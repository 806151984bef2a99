"""The call path: attempts, waits, receipts and outcomes."""

import json
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import pytest

from watchkeeper.adapters.clock import SystemClock, SystemIds
from watchkeeper.domain import errors
from watchkeeper.domain.call import ImagePart, Message, ModelCall, Outcome, Reply, TextPart, Usage
from watchkeeper.domain.errors import (
    SettingsError,
    StorageFullError,
    TargetRateLimitedError,
    TargetRefusedError,
    TargetServerError,
    TargetTimeoutError,
    WatchkeeperError,
)
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway import BaselineTarget, CallPath, RetryPolicy
from watchkeeper.gateway.receipts import ReceiptWriter, verify_receipts
from watchkeeper.testing.clock import CountedIds, MovedClock
from watchkeeper.testing.scripted_target import ScriptedTarget, Step

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


class KeptReceipts:
    """A sink that keeps receipts in a list, and can be told to be full."""

    def __init__(self) -> None:
        self.kept: list[Receipt] = []
        self.full_from: int | None = None

    def append(self, receipt: Receipt, /) -> Receipt:
        if self.full_from is not None and len(self.kept) >= self.full_from:
            raise StorageFullError("receipts cannot be written: No space left on device")
        self.kept.append(receipt)
        return receipt


@dataclass
class Scene:
    """A call path on a clock that moves only by waiting."""

    clock: MovedClock
    receipts: KeptReceipts
    waits: list[float]
    chance: float = 0.0

    def path(self, target: object, *, retry: RetryPolicy | None = None) -> CallPath:
        def wait(seconds: float) -> None:
            self.waits.append(seconds)
            self.clock.advance(seconds)

        return CallPath(
            [target],  # type: ignore[list-item]
            self.receipts,
            clock=self.clock,
            ids=CountedIds(),
            wait=wait,
            chance=lambda: self.chance,
            retry=retry,
        )

    def call(self, script: Iterable[Step], call: ModelCall = CALL) -> Outcome:
        return self.path(ScriptedTarget(script)).call(call)


@pytest.fixture
def scene() -> Scene:
    return Scene(MovedClock(), KeptReceipts(), [])


def rate_limited(after_s: float | None = None) -> TargetRateLimitedError:
    return TargetRateLimitedError("slow down", http_status=429, retry_after_s=after_s)


def test_an_answer_is_an_outcome_with_one_receipt_that_says_it_all(scene: Scene) -> None:
    def answer(_: ModelCall) -> Reply:
        scene.clock.advance(0.25)
        return Reply(
            model="tiny-2026",
            text="301",
            usage=Usage(input_tokens=12, output_tokens=0, cache_read_tokens=4),
            finish_reason="stop",
            http_status=200,
        )

    outcome = scene.call([answer])

    assert outcome.error is None
    assert outcome.reply is not None
    assert outcome.reply.text == "301"
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
    outcome = scene.call([TargetServerError("down", http_status=503)] * 3 + [Reply(model="m", text="ok")])

    assert scene.waits == [1.125, 2.25, 4.5]
    assert outcome.error is None
    assert [r.attempt for r in outcome.receipts] == [1, 2, 3, 4]
    first = outcome.receipts[0].receipt_id
    assert [r.parent_receipt_id for r in outcome.receipts] == [None, first, first, first]
    assert [r.http_status for r in outcome.receipts] == [503, 503, 503, None]
    assert [r.error_code for r in outcome.receipts] == ["target_server_error"] * 3 + [None]
    assert len({r.trace_id for r in outcome.receipts}) == 1
    assert len({r.span_id for r in outcome.receipts}) == 4


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


def test_retry_after_is_respected(scene: Scene) -> None:
    outcome = scene.call([rate_limited(17.0), Reply(model="m", text="ok")])
    assert scene.waits == [17.0]
    assert outcome.error is None


def test_a_wait_beyond_the_deadline_ends_the_call_at_once(scene: Scene) -> None:
    outcome = scene.call([rate_limited(61.0), Reply(model="m", text="never asked for")])
    assert scene.waits == []
    assert isinstance(outcome.error, TargetRateLimitedError)
    assert len(outcome.receipts) == 1


def test_attempts_share_one_deadline(scene: Scene) -> None:
    def late(call: ModelCall) -> Reply:
        scene.clock.advance(25.0)
        raise TargetTimeoutError("late")

    target = ScriptedTarget([late], then=late)
    outcome = scene.path(target).call(CALL)
    assert [call.deadline_s for call in target.calls] == [60.0, 34.0, 7.0]
    assert isinstance(outcome.error, TargetTimeoutError)


def test_json_that_fits_its_schema_is_parsed(scene: Scene) -> None:
    outcome = scene.call([Reply(model="m", text='{"assets": 301}', http_status=200)], schema_call())
    assert outcome.reply is not None
    assert outcome.reply.parsed == {"assets": 301}
    assert (outcome.receipts[0].json_ok, outcome.receipts[0].schema_ok) == (True, True)


def schema_call(schema: dict[str, object] | None = None) -> ModelCall:
    return ModelCall(workload="w", target="scripted", messages=CALL.messages, json_schema=schema or SCHEMA)


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
    outcome = scene.call([Reply(model="m", text=text, http_status=200)], schema_call())
    assert outcome.reply is None
    assert outcome.error is not None
    assert outcome.error.code == "broken_json"
    (receipt,) = outcome.receipts
    assert (receipt.http_status, receipt.json_ok, receipt.schema_ok) == (200, False, None)
    assert receipt.response_sha256 == sha256(text.encode()).hexdigest()


def test_json_that_breaks_its_schema_fails_with_a_receipt(scene: Scene) -> None:
    outcome = scene.call([Reply(model="m", text='{"assets": "a secret"}', http_status=200)], schema_call())
    assert outcome.error is not None
    assert outcome.error.code == "schema_mismatch"
    (receipt,) = outcome.receipts
    assert (receipt.http_status, receipt.json_ok, receipt.schema_ok) == (200, True, False)
    assert "properties/assets/type" in (receipt.error or "")
    assert "secret" not in (receipt.error or "")


def test_an_answer_cut_short_is_broken_json_even_where_it_parses(scene: Scene) -> None:
    reply = Reply(model="m", text="30", finish_reason="length", http_status=200, usage=Usage(output_tokens=1))
    outcome = scene.call([reply], schema_call({"type": "integer"}))
    assert outcome.error is not None
    assert outcome.error.code == "broken_json"
    assert "max_output_tokens" in outcome.error.action
    assert outcome.receipts[0].output_tokens == 1


def test_a_refusal_is_a_failure_whose_tokens_are_counted(scene: Scene) -> None:
    reply = Reply(model="m", finish_reason="refusal", http_status=200, usage=Usage(input_tokens=9))
    outcome = scene.call([reply])
    assert isinstance(outcome.error, TargetRefusedError)
    assert (outcome.receipts[0].http_status, outcome.receipts[0].input_tokens) == (200, 9)


@pytest.mark.parametrize(
    "schema", [{"type": "no such type"}, {"$ref": "https://example.invalid/schema.json"}, {"type": object()}]
)
def test_a_schema_that_is_none_is_the_callers_error_with_a_receipt(
    scene: Scene, schema: dict[str, object]
) -> None:
    outcome = scene.call([Reply(model="m", text="{}")], schema_call(schema))
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


def test_two_targets_of_one_name_are_refused_at_once(scene: Scene) -> None:
    with pytest.raises(SettingsError, match="'scripted'"):
        CallPath(
            [ScriptedTarget(), ScriptedTarget()],
            scene.receipts,
            clock=scene.clock,
            ids=CountedIds(),
            wait=scene.clock.advance,
            chance=lambda: 0.0,
        )


def test_a_receipt_that_cannot_be_written_fails_the_call_and_counts_nothing(scene: Scene) -> None:
    scene.receipts.full_from = 1
    outcome = scene.call([TargetServerError("down"), Reply(model="m", text="answered, and not counted")])
    assert outcome.reply is None
    assert isinstance(outcome.error, StorageFullError)
    assert list(outcome.receipts) == scene.receipts.kept
    assert len(outcome.receipts) == 1


def test_a_defect_of_a_target_is_an_outcome_that_repeats_no_content(
    scene: Scene, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    def defect(_: ModelCall) -> Reply:
        raise KeyError("a secret")

    outcome = scene.call([defect])
    assert outcome.error is not None
    assert outcome.error.code == "internal_error"
    assert "KeyError" in (outcome.receipts[0].error or "")
    assert "secret" not in (outcome.receipts[0].error or "")
    assert "failed by a defect" in caplog.text
    assert capsys.readouterr().out == "", "what a command prints is not for the log"


@dataclass
class Engine:
    run: Callable[[object], object]
    name: str = "layout"
    version: str = "7"


def test_a_baseline_engine_answers_through_the_same_path_at_no_cost(scene: Scene) -> None:
    path = scene.path(BaselineTarget(Engine(lambda given: {"assets": given})))
    outcome = path.call(ModelCall(workload="w", target="layout", baseline_input=301))

    assert outcome.reply is not None
    assert outcome.reply.parsed == {"assets": 301}
    (receipt,) = outcome.receipts
    assert (receipt.provider, receipt.model, receipt.release) == ("baseline", "layout", "7")
    assert (receipt.http_status, receipt.cost_usd, receipt.cost_source) == (None, "0", "baseline")
    assert (receipt.input_tokens, receipt.prompt_sha256) == (None, None)
    assert receipt.response_sha256 == sha256(b'{"assets":301}').hexdigest()


def test_a_baseline_engine_that_raises_leaves_a_receipt_that_names_the_place(scene: Scene) -> None:
    def broken(given: object) -> object:
        return int(str(given))

    outcome = scene.path(BaselineTarget(Engine(broken))).call(
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
        return scene.call([Reply(model="m", text="ok")], call).receipts[0].prompt_sha256

    text, page = TextPart("årsredovisning"), ImagePart("image/png", b"one page")
    assert hash_of(text, page) == hash_of(text, page)
    assert len({hash_of(text), hash_of(text, page), hash_of(text, ImagePart("image/png", b"another"))}) == 3
    assert "rsredovisning" not in "".join(r.line().decode() for r in scene.receipts.kept)


def test_many_threads_call_at_once_and_the_chain_holds(tmp_path: Path) -> None:
    with ReceiptWriter(tmp_path, "run", clock=SystemClock()) as receipts, ThreadPoolExecutor(8) as pool:
        path = CallPath(
            [BaselineTarget(Engine(lambda given: given))],
            receipts,
            clock=SystemClock(),
            ids=SystemIds(),
            wait=lambda _: None,
            chance=lambda: 0.0,
        )
        calls = [ModelCall(workload="w", target="layout", baseline_input=n) for n in range(200)]
        outcomes = list(pool.map(path.call, calls))

    assert [outcome.reply.parsed for outcome in outcomes if outcome.reply] == list(range(200))
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
