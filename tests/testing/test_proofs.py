"""The proofs can fail: each account that is doctored is found out."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from watchkeeper.domain.receipt import Receipt
from watchkeeper.testing.proofs.fault_storm import Storm, StormReport, judge
from watchkeeper.testing.proofs.money_under_fire import FireReport, broken_laws
from watchkeeper.testing.proofs.storm_client import OUTPUT_TOKENS, Seen, StormCall
from watchkeeper.testing.provider.counting import LoggedRequest
from watchkeeper.testing.provider.said import foretold
from watchkeeper.testing.wire_client import Ended

CALL = StormCall(7, anthropic=False, stream=False)
RECEIPT = Receipt(
    receipt_id="r1",
    ts="2026-03-02T12:00:00.000000Z",
    trace_id=CALL.trace_id,
    span_id="b" * 16,
    workload="default",
    target="a",
    provider="openai",
    model="model-a",
    http_status=200,
    latency_ms=5.0,
    input_tokens=30,
    output_tokens=20,
    cost_usd="0.00007",
)
LOGGED = LoggedRequest(
    number=1,
    arrived_s=0.0,
    path="/v1/chat/completions",
    model="model-a",
    stream=False,
    traceparent=f"00-{CALL.trace_id}-{'b' * 16}-01",
    request_id="",
    credential="sk-ours",
    fault=None,
    status=200,
    input_tokens=30,
    output_tokens=20,
    billed=True,
    ended="whole",
)


def saw(**changes: object) -> Seen:
    fields: dict[str, object] = {
        "text": foretold(CALL.nonce, OUTPUT_TOKENS),
        "receipt_id": "r1",
        "target": "a",
        "cost_usd": Decimal("0.00007"),
    }
    return Seen(CALL, Ended.WHOLE, 200, 0.1, **{**fields, **changes})


def judged(seen: Seen, receipts: list[Receipt], log: list[LoggedRequest], stderr: str = "") -> StormReport:
    return judge(Storm(calls=1), [seen], receipts, log, stderr=stderr)


def test_accounts_that_agree_are_not_accused() -> None:
    report = judged(saw(), [RECEIPT], [LOGGED])
    assert (report.succeeded, report.broken_promises, report.disagreements) == (1, [], [])


DOCTORED: dict[str, Callable[[], StormReport]] = {
    "a receipt is missing": lambda: judged(saw(), [], [LOGGED]),
    "a receipt is of nobody": lambda: judged(saw(), [RECEIPT, replace(RECEIPT, trace_id="f" * 32)], [LOGGED]),
    "a receipt says it failed": lambda: judged(
        saw(), [replace(RECEIPT, error="x", error_code="x")], [LOGGED]
    ),
    "a receipt has another cost": lambda: judged(saw(), [replace(RECEIPT, cost_usd="0.00008")], [LOGGED]),
    "a receipt is silent about its cost": lambda: judged(saw(), [replace(RECEIPT, cost_usd=None)], [LOGGED]),
    "a receipt counts fewer tokens": lambda: judged(saw(), [replace(RECEIPT, output_tokens=3)], [LOGGED]),
    "a receipt has another status": lambda: judged(saw(), [replace(RECEIPT, http_status=500)], [LOGGED]),
    "the client was told another receipt": lambda: judged(saw(receipt_id="r2"), [RECEIPT], [LOGGED]),
    "the provider never saw the attempt": lambda: judged(saw(), [RECEIPT], []),
    "the provider failed and the receipt does not say so": lambda: judged(
        saw(), [RECEIPT], [replace(LOGGED, fault="cut")]
    ),
    "an attempt is told twice": lambda: judged(saw(), [RECEIPT, RECEIPT], [LOGGED]),
    "the gateway wrote a traceback": lambda: judged(saw(), [RECEIPT], [LOGGED], "Traceback (most recent"),
}


@pytest.mark.parametrize("doctored", DOCTORED.values(), ids=DOCTORED.keys())
def test_accounts_that_do_not_agree_are_found_out(doctored: Callable[[], StormReport]) -> None:
    assert doctored().disagreements


BROKEN = {
    "too late": saw(error={"code": "target_timeout"}),
    "an unknown error": Seen(CALL, Ended.WHOLE, 500, 0.1, error={"code": "internal_error"}),
    "another status than its error's": Seen(CALL, Ended.WHOLE, 429, 0.1, error={"code": "target_timeout"}),
    "a wrong answer": saw(wrong=["the answer is another's"]),
}
BROKEN["too late"].seconds = 60.0


@pytest.mark.parametrize("seen", BROKEN.values(), ids=BROKEN.keys())
def test_a_promise_that_is_broken_is_found_out(seen: Seen) -> None:
    report = judged(seen, [RECEIPT], [LOGGED])
    assert len(report.broken_promises) == 1
    assert report.kept_share == 0


KEPT = FireReport(
    limit_usd=Decimal(1),
    reservation_usd=Decimal("0.01"),
    billed_usd=Decimal("0.98"),
    settled_usd=Decimal("0.97"),
    unsettled_usd=Decimal("0.025"),
    in_receipts_usd=Decimal("0.97"),
)


def test_money_that_is_kept_breaks_no_law() -> None:
    assert list(broken_laws(KEPT)) == []


BREACHES = {
    "more is billed than the limit": {"billed_usd": Decimal("1.01")},
    "more is accounted than the limit": {"unsettled_usd": Decimal("0.04")},
    "more is settled than was billed": {"billed_usd": Decimal("0.96")},
    "more is billed than is accounted": {"unsettled_usd": Decimal("0.005"), "settled_usd": Decimal("0.97")},
    "receipts tell of more than is settled": {"in_receipts_usd": Decimal("0.975")},
    "much is left": {"settled_usd": Decimal("0.9"), "in_receipts_usd": Decimal("0.9")},
}


@pytest.mark.parametrize("breach", BREACHES.values(), ids=BREACHES.keys())
def test_a_law_of_money_that_is_broken_is_found_out(breach: dict[str, Decimal]) -> None:
    assert list(broken_laws(replace(KEPT, **breach)))
