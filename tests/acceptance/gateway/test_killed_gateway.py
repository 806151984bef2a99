"""`kill -9` of gateway processes under load: what was acknowledged is on disk, and the chain holds."""

import asyncio
import json
import signal
from collections.abc import Callable
from os import kill
from pathlib import Path
from threading import Event
from time import monotonic

import pytest

from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.gateway_process import GatewayProcess, target
from watchkeeper.testing.proofs.storm_client import OUTPUT_TOKENS, Seen, StormCall, ask
from watchkeeper.testing.provider.plan import ProviderPlan
from watchkeeper.testing.wire_client import Ended, WireClient

pytestmark = pytest.mark.slow
CALLS, CALLERS = 1200, 16


def two_workers_of(gateway: GatewayProcess) -> list[int]:
    deadline = monotonic() + 20
    while len(found := gateway.worker_pids()) < 2:
        assert monotonic() < deadline, "there are not two workers"
        Event().wait(0.02)
    return found


async def load(gateway: GatewayProcess, strikes: dict[int, Callable[[], None]]) -> list[Seen]:
    """Calls by many callers; when so many have ended, a strike falls."""
    calls = iter([StormCall(n, anthropic=n % 2 == 1, stream=n % 4 >= 2) for n in range(CALLS)])
    seen: list[Seen] = []

    async def caller() -> None:
        client = WireClient(gateway.url)
        for call in calls:
            while (one := await ask(client, call, url=gateway.url, model="extract", within_s=30)) and (
                one.ended is Ended.NOT_REACHED
            ):
                await asyncio.sleep(0.02)  # nobody listens yet: nothing was asked, so it is asked again
                client = WireClient(gateway.url)
            seen.append(one)
            strike = strikes.pop(len(seen), None)
            if strike is not None:
                await asyncio.to_thread(strike)
                client.close()
                client = WireClient(gateway.url)
        client.close()

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    return seen


def settings(upstream: FaultyUpstream) -> dict[str, object]:
    return {
        "targets": {"a": target(upstream.openai_url, "model-a")},
        "routes": {"extract": {"targets": ["a"], "retries": 0}},
    }


PLAN = ProviderPlan(latency_s=0.02, output_tokens=OUTPUT_TOKENS, chunks=4, chunk_gap_s=0.005)


def assert_receipts_are_what_clients_saw(
    gateway: GatewayProcess, seen: list[Seen], *, most_lost: int
) -> None:
    receipts = {receipt.trace_id: receipt for receipt in gateway.receipts}
    answered = [one for one in seen if one.succeeded]
    assert len(answered) >= CALLS - most_lost
    for one in answered:
        receipt = receipts.pop(one.call.trace_id)
        assert (one.receipt_id, one.target, receipt.error) == (receipt.receipt_id, receipt.target, None)
        assert str(one.cost_usd) == receipt.cost_usd
    broken = {one.call.trace_id: one for one in seen if not one.succeeded}
    assert {one.ended for one in broken.values()} <= {Ended.BROKEN}
    assert set(receipts) <= set(broken)  # all that is left is of calls whose client was cut off


def verified(gateway: GatewayProcess) -> dict[str, object]:
    done = gateway.wk("receipts", "verify", "--json")
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, object] = json.loads(done.stdout)
    return found


def test_a_worker_killed_under_load_takes_no_receipt_with_it_and_is_replaced(folder: Path) -> None:
    with (
        FaultyUpstream(PLAN) as upstream,
        GatewayProcess(folder, settings(upstream), arguments=("--workers", "2")) as gateway,
    ):
        first = two_workers_of(gateway)
        seen = asyncio.run(load(gateway, {CALLS // 3: lambda: kill(first[0], signal.SIGKILL)}))
        assert_receipts_are_what_clients_saw(gateway, seen, most_lost=2 * CALLERS)
        assert first[0] not in two_workers_of(gateway)
        verified(gateway)
        gateway.wk("down")


def test_a_gateway_killed_under_load_and_started_again_has_every_receipt_it_acknowledged(
    folder: Path,
) -> None:
    with FaultyUpstream(PLAN) as upstream, GatewayProcess(folder, settings(upstream)) as gateway:

        def strike() -> None:
            gateway.kill()
            gateway.start()

        seen = asyncio.run(load(gateway, {CALLS // 3: strike}))
        assert_receipts_are_what_clients_saw(gateway, seen, most_lost=2 * CALLERS)
        verified(gateway)
        gateway.wk("down")
