"""A fault storm: two targets that fail in every way, and what clients, receipts and provider say of it.

The laws: a call is answered in whole, or ends in the right typed error within its deadline; and the
receipts agree with what clients saw and with what the provider did, call by call.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from watchkeeper.domain.receipt import Receipt
from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.gateway_process import GatewayProcess, target, usd_of
from watchkeeper.testing.proofs.storm_client import OUTPUT_TOKENS, Seen, StormCall, ask
from watchkeeper.testing.provider.counting import LoggedRequest
from watchkeeper.testing.provider.plan import Fault, ProviderPlan
from watchkeeper.testing.wire_client import WireClient

ROUTE = "extract"
FAULTS = (
    Fault.RATE_LIMITED,
    Fault.SERVER_ERROR,
    Fault.UNAVAILABLE,
    Fault.RESET,
    Fault.STALL,
    Fault.HANGING,
    Fault.TRUNCATED_JSON,
    Fault.CUT,
)
EXPECTED_CODES = {
    Fault.RATE_LIMITED: {"target_rate_limited"},
    Fault.SERVER_ERROR: {"target_server_error"},
    Fault.UNAVAILABLE: {"target_server_error"},
    Fault.RESET: {"target_unreachable"},
    Fault.STALL: {"target_timeout"},
    Fault.HANGING: {"target_timeout"},
    Fault.TRUNCATED_JSON: {"malformed_reply"},
    Fault.CUT: {"target_unreachable"},
}
"""What a receipt must call each fault."""
STATUS_OF_CODE = {
    "target_rate_limited": 429,
    "target_server_error": 502,
    "target_unreachable": 502,
    "target_timeout": 504,
    "malformed_reply": 502,
    "no_target_answered": 503,
    "target_resting": 503,
}
"""What each ends a call with that had not begun to be answered."""
NOT_ASKED = frozenset({"target_resting", "target_not_reached", "queue_full", "no_target_answered"})
"""What receipts of attempts and refusals say of which the provider never heard."""
_BEYOND_DEADLINE_S = 1.0
"""What a reply may take to reach a client once the deadline is over, on a machine that is busy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """How hard it blows."""

    calls: int
    callers: int = 32
    share: float = 0.3
    """Of the provider's replies that fail, all ways alike."""
    seed: int = 1
    deadline_s: float = 6.0
    """Of the route."""
    patience_s: float = 1.0
    """Of a target."""
    breaker_recovery_s: float = 0.5
    continues: bool = False
    """Whether targets may go on with each other's broken-off answers."""


@dataclass(slots=True)
class StormReport:
    """What came of it."""

    calls: int = 0
    succeeded: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    """Calls that ended in an error, by its code."""
    attempts: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    slowest_s: float = 0.0
    broken_promises: list[str] = field(default_factory=list)
    """Calls that neither succeeded nor ended in the right typed error within their deadline."""
    disagreements: list[str] = field(default_factory=list)
    """Where receipts say otherwise than client or provider."""

    @property
    def kept_share(self) -> float:
        """Of the calls, those that succeeded or ended as they should."""
        return 1 - len(self.broken_promises) / self.calls


def run_storm(storm: Storm, folder: Path) -> StormReport:
    """Let it blow over a real gateway in a folder.

    Args:
        storm: How hard.
        folder: Empty, for settings, receipts and data.
    """
    shares = {fault: storm.share / len(FAULTS) for fault in FAULTS}
    plans = {
        name: ProviderPlan(
            seed=storm.seed + n,
            faults=shares,
            output_tokens=OUTPUT_TOKENS,
            chunks=5,
            chunk_gap_s=0.005,
            latency_s=0.01,
            latency_spread_s=0.02,
            retry_after_s=0.05,
        )
        for n, name in enumerate(("model-a", "model-b"))
    }
    with FaultyUpstream(by_model=plans) as upstream:
        with GatewayProcess(folder, _settings(storm, upstream)) as gateway:
            seen = asyncio.run(_blow(storm, gateway.url))
            stderr = gateway.stop()
        return judge(storm, seen, gateway.receipts, upstream.requests(), stderr=stderr)


def _settings(storm: Storm, upstream: FaultyUpstream) -> dict[str, Any]:
    # Five failures in a row come of chance alone now and then: a minute's rest would end the storm.
    more: dict[str, Any] = {
        "timeout_s": storm.patience_s,
        "breaker": {"recovery_s": storm.breaker_recovery_s},
    }
    if storm.continues:
        more["continues"] = "prefix"
    return {
        "targets": {
            "a": target(upstream.openai_url, "model-a", **more),
            "b": target(upstream.url, "model-b", **{**more, "provider": "anthropic"}),
        },
        "routes": {
            ROUTE: {"targets": ["a", "b"], "timeout_s": storm.deadline_s, "retries": 3, "retry_wait_s": 0.05}
        },
    }


async def _blow(storm: Storm, url: str) -> list[Seen]:
    calls = iter([StormCall(n, anthropic=n % 2 == 1, stream=n % 4 >= 2) for n in range(storm.calls)])
    seen: list[Seen] = []

    async def caller() -> None:
        client = WireClient(url)
        for call in calls:
            # Longer than the deadline: whether the gateway keeps to it is what is to be seen.
            within_s = storm.deadline_s * 3 + storm.patience_s
            seen.append(await ask(client, call, url=url, model=ROUTE, within_s=within_s))
            if seen[-1].status == 503:
                await asyncio.sleep(storm.breaker_recovery_s)  # both targets rest: a client comes back later
        client.close()

    await asyncio.gather(*(caller() for _ in range(storm.callers)))
    return seen


def judge(
    storm: Storm,
    seen: Sequence[Seen],
    receipts: Sequence[Receipt],
    log: Sequence[LoggedRequest],
    *,
    stderr: str,
) -> StormReport:
    """Compare what clients saw, receipts say and the provider did."""
    report = StormReport(calls=len(seen), attempts=len(log))
    report.faults.update(one.fault for one in log if one.fault)
    by_trace: dict[str, list[Receipt]] = defaultdict(list)
    for receipt in receipts:
        by_trace[receipt.trace_id].append(receipt)
    asked: dict[str, list[LoggedRequest]] = defaultdict(list)
    for one in log:
        asked[one.trace_id].append(one)
    for each in seen:
        of_call = by_trace.pop(each.call.trace_id, [])
        report.slowest_s = max(report.slowest_s, each.seconds)
        if each.succeeded:
            report.succeeded += 1
        elif each.error is not None:
            report.errors[str(each.error.get("code"))] += 1
        told = f"call {each.call}: "
        report.broken_promises += [told + what for what in _broken_promises(storm, each)][:1]
        report.disagreements += [told + what for what in _with_client(each, of_call)]
        report.disagreements += [told + what for what in _with_provider(of_call, asked[each.call.trace_id])]
    report.disagreements += [f"trace {trace} was asked by no client" for trace in by_trace]
    if "Traceback" in stderr:
        report.disagreements.append(f"the gateway wrote a traceback: {stderr[-500:]}")
    return report


def _broken_promises(storm: Storm, seen: Seen) -> Iterator[str]:
    yield from seen.wrong
    # The deadline is on getting an answer begun; a stream then has the target's patience for each event.
    most_s = storm.deadline_s + _BEYOND_DEADLINE_S + (2 * storm.patience_s if seen.call.stream else 0)
    if seen.seconds > most_s:
        yield f"it took {seen.seconds:.2f} s of {most_s:.2f}"
    if seen.error is not None:
        code = seen.error.get("code")
        status = STATUS_OF_CODE.get(str(code))
        if status is None:
            yield f"it ended in {code!r}"
        elif seen.status not in {status, 200}:
            yield f"{code!r} came with status {seen.status}"


def _with_client(seen: Seen, receipts: Sequence[Receipt]) -> Iterator[str]:
    if not receipts:
        yield "it has no receipt"
        return
    last = receipts[-1]
    if seen.succeeded:
        if last.error is not None:
            yield f"the client has its answer, and the last receipt says {last.error}"
        if (seen.receipt_id, seen.target) != (last.receipt_id, last.target):
            yield f"the client was told receipt {seen.receipt_id} of {seen.target}, not {last.receipt_id}"
        if last.cost_usd is None or seen.cost_usd != usd_of(last.input_tokens or 0, last.output_tokens or 0):
            yield f"the client was told {seen.cost_usd} USD, the receipt says {last.cost_usd}"
    elif seen.error is not None and last.error_code != seen.error.get("code"):
        yield f"the client was told {seen.error.get('code')}, the last receipt says {last.error_code}"
    if [receipt.attempt for receipt in receipts] != list(range(1, len(receipts) + 1)):
        yield f"its attempts are {[receipt.attempt for receipt in receipts]}"
    if len({receipt.receipt_id for receipt in receipts}) != len(receipts):
        yield "two of its receipts have one id"


def _with_provider(receipts: Sequence[Receipt], log: Sequence[LoggedRequest]) -> Iterator[str]:
    by_span = {receipt.span_id: receipt for receipt in receipts}
    for one in log:
        receipt = by_span.pop(one.span_id, None)
        if receipt is None:
            yield f"the provider answered attempt {one.span_id}, which has no receipt"
            continue
        wanted = {None} if one.fault is None else EXPECTED_CODES[Fault(one.fault)]
        if receipt.error_code not in wanted:
            yield f"the provider's fault was {one.fault}, the receipt says {receipt.error}"
        if receipt.http_status != one.status:
            yield f"the provider answered {one.status}, the receipt says {receipt.http_status}"
        if one.fault is None and receipt.error is None:
            counted = (receipt.input_tokens, receipt.output_tokens)
            if counted != (one.input_tokens, one.output_tokens):
                yield f"the provider counted {one.input_tokens, one.output_tokens}, the receipt {counted}"
        if not one.billed and receipt.cost_usd != "0":
            yield f"{one.fault} costs nothing, the receipt says {receipt.cost_usd}"
        due_usd = usd_of(one.input_tokens, one.output_tokens)
        if one.billed and receipt.cost_usd is not None and Decimal(receipt.cost_usd) != due_usd:
            # Not to know is honest; what is said must be what was billed.
            yield f"{due_usd} USD were billed ({one.fault}), the receipt says {receipt.cost_usd}"
    for left in by_span.values():
        if left.error_code in NOT_ASKED:
            if left.cost_usd != "0":
                yield f"receipt {left.receipt_id} of {left.error_code} costs {left.cost_usd}"
            continue
        yield f"receipt {left.receipt_id} is of an attempt the provider never saw: {left.error}"
