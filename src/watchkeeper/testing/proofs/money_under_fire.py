"""Money under fire: several gateways spend one hard limit, clients hang up, a gateway is killed.

What was spent is counted by the provider, from each request's arrival. The laws: it never passes the
limit; at the end less than two reservations are left beside what is unsettled; and once leases are
returned no call is refused while there is money for it.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from decimal import Decimal
from os import kill
from pathlib import Path
from random import Random
from signal import SIGKILL
from typing import Any
from urllib.parse import urlencode

from psycopg.conninfo import conninfo_to_dict

from watchkeeper.testing.faulty_upstream import FaultyUpstream
from watchkeeper.testing.gateway_process import GatewayProcess, target, usd_of
from watchkeeper.testing.provider.asked import BYTES_A_TOKEN
from watchkeeper.testing.provider.plan import ProviderPlan
from watchkeeper.testing.wire_client import Ended, WireClient, WireReply, post

ROUTE, BUDGET, MODEL = "extract", "route-limit", "model-a"
OUTPUT_TOKENS = 200
_WITHIN_S = 60.0
_PAUSE_S = 0.05
_CALM_ROUNDS = 4
"""Rounds over all gateways in which money that others had lent must have come back."""
_HIDDEN_TOKENS = 1000
"""What the gateway's bound allows for beside a token a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fire:
    """How much money, and who is after it."""

    limit_usd: Decimal
    gateways: int = 4
    callers: int = 64
    """Of each gateway."""
    workers: int = 1
    """Processes of each gateway; of several, one is killed rather than the whole gateway."""
    latency_s: float = 0.05
    hang_up_share: float = 0.1
    """Of the calls, whose client hangs up at a random moment."""
    kills: bool = True
    """Whether one gateway is killed with signal 9 half-way, and started again."""
    seed: int = 1


@dataclass(slots=True)
class FireReport:
    """What came of it; amounts in USD."""

    limit_usd: Decimal
    reservation_usd: Decimal
    """What one call holds, as the gateway bounds it."""
    billed_usd: Decimal = Decimal(0)
    """What the provider counted."""
    settled_usd: Decimal = Decimal(0)
    unsettled_usd: Decimal = Decimal(0)
    in_receipts_usd: Decimal = Decimal(0)
    asked: Counter[str] = field(default_factory=Counter)
    """What became of the calls."""
    provider_requests: int = 0
    refused_in_calm: int = 0
    broken_laws: list[str] = field(default_factory=list)

    @property
    def left_usd(self) -> Decimal:
        """What could still have been spent."""
        return self.limit_usd - self.settled_usd - self.unsettled_usd


def postgres_url(conninfo: str) -> str:
    """A connection string of any form as the URL that settings take.

    >>> postgres_url("host=/run/pg port=5432 dbname=w user=u")
    'postgresql:///w?host=%2Frun%2Fpg&port=5432&user=u'
    """
    parts = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
    name = parts.pop("dbname", "")
    return f"postgresql:///{name}?{urlencode(sorted(parts.items()))}"


def run_fire(fire: Fire, folder: Path, conninfo: str) -> FireReport:
    """Set it ablaze.

    Args:
        fire: How much.
        folder: Empty, for the gateways' folders.
        conninfo: A PostgreSQL of the caller's own: its budgets begin empty.
    """
    plan = ProviderPlan(latency_s=fire.latency_s, output_tokens=OUTPUT_TOKENS)
    with ExitStack() as undo:
        upstream = undo.enter_context(FaultyUpstream(plan))
        settings = _settings(fire, upstream, conninfo)
        gateways = [
            undo.enter_context(
                GatewayProcess(folder / f"gateway-{n}", settings, arguments=("--workers", str(fire.workers)))
            )
            for n in range(fire.gateways)
        ]
        ablaze = _Ablaze(fire, gateways, _expected_calls(fire))
        asyncio.run(ablaze.run())
        stood = _standing(gateways[-1])
        report = FireReport(
            limit_usd=fire.limit_usd,
            reservation_usd=_reservation_usd(),
            asked=ablaze.asked,
            refused_in_calm=ablaze.refused_in_calm,
            settled_usd=Decimal(stood["settled_usd"]),
            unsettled_usd=Decimal(stood["unsettled_usd"]) + Decimal(stood["held_usd"]),
        )
        counts = upstream.counts()
        billed = counts.billed[MODEL]
        report.provider_requests = counts.requests
        report.billed_usd = usd_of(billed.input_tokens, billed.output_tokens)
        costs = [receipt.cost_usd for gateway in gateways for receipt in gateway.receipts]
        report.in_receipts_usd = sum((Decimal(cost) for cost in costs if cost is not None), Decimal(0))
        report.broken_laws = [*ablaze.broken, *broken_laws(report)]
        return report


def _settings(fire: Fire, upstream: FaultyUpstream, conninfo: str) -> dict[str, Any]:
    return {
        "postgres": {"url": postgres_url(conninfo)},
        "gateway": {"keep_content": False},
        "targets": {"a": target(upstream.openai_url, MODEL)},
        "routes": {ROUTE: {"targets": ["a"], "retries": 0, "timeout_s": 30}},
        "budgets": [
            {"name": BUDGET, "route": ROUTE, "per": "month", "limit_usd": str(fire.limit_usd), "hard": True}
        ],
    }


def _body() -> bytes:
    body = {
        "model": ROUTE,
        "max_tokens": OUTPUT_TOKENS,
        "messages": [{"role": "user", "content": "hello tell me all you know"}],
    }
    return json.dumps(body).encode()


def _reservation_usd() -> Decimal:
    return usd_of(len(_body()) + _HIDDEN_TOKENS, OUTPUT_TOKENS)


def _expected_calls(fire: Fire) -> int:
    cost = usd_of(len(_body()) // BYTES_A_TOKEN, OUTPUT_TOKENS)
    return int(fire.limit_usd / cost)


class _Ablaze:
    """The callers, and who kills."""

    def __init__(self, fire: Fire, gateways: Sequence[GatewayProcess], expected: int) -> None:
        self._fire = fire
        self._gateways = gateways
        self._kill_at = expected // 2
        self._random = Random(fire.seed)
        self.asked: Counter[str] = Counter()
        self.broken: list[str] = []
        self.refused_in_calm = 0
        self._answered = 0
        self._half_way = asyncio.Event()

    async def run(self) -> None:
        callers = [self._caller(gateway) for gateway in self._gateways for _ in range(self._fire.callers)]
        if self._fire.kills:
            killer = asyncio.create_task(self._kill())
        await asyncio.gather(*callers)
        if self._fire.kills:
            self._half_way.set()
            await killer
        await self._calm()

    async def _kill(self) -> None:
        await self._half_way.wait()
        struck = self._gateways[0]
        if self._fire.workers > 1:
            kill(struck.worker_pids()[0], SIGKILL)  # its gateway starts another
        else:
            await asyncio.to_thread(struck.kill)
            await asyncio.to_thread(struck.start)
        self.asked["killed"] += 1

    async def _caller(self, gateway: GatewayProcess) -> None:
        """Call until money is refused."""
        while True:
            client = WireClient(gateway.url)
            request = post(gateway.url, "/v1/chat/completions", _body())
            reply = WireReply(Ended.WHOLE)
            while reply.ended is Ended.WHOLE:
                hang_up_s = None
                if self._random.random() < self._fire.hang_up_share:
                    hang_up_s = self._random.uniform(0, 3 * self._fire.latency_s)
                reply = await client.ask(request, within_s=_WITHIN_S, hang_up_after_s=hang_up_s)
                self._note(reply)
                if reply.status == 402:
                    client.close()
                    return
                if reply.status == 503:
                    await asyncio.sleep(_PAUSE_S)
            client.close()
            if reply.ended is not Ended.HUNG_UP:
                await asyncio.sleep(_PAUSE_S)  # its gateway was killed, and is coming back

    def _note(self, reply: WireReply) -> None:
        what = f"answered {reply.status}" if reply.ended is Ended.WHOLE else reply.ended.value
        self.asked[what] += 1
        self._answered += 1
        if self._answered >= self._kill_at:
            self._half_way.set()
        # 503 is for a gateway that is lent nothing yet, as its database has not been reached since it began.
        if reply.ended is Ended.WHOLE and reply.status not in {200, 402, 503}:
            self.broken.append(f"a call was answered {reply.status}: {reply.body[:300]!r}")
        if reply.ended is Ended.LATE:
            self.broken.append("a call was not answered in time")

    async def _calm(self) -> None:
        """One call at a time, at every gateway in turn, until a whole round is refused and stays so."""
        refused_rounds = 0
        while refused_rounds < _CALM_ROUNDS:
            refused_rounds += 1
            for gateway in self._gateways:
                client = WireClient(gateway.url)
                reply = await client.ask(
                    post(gateway.url, "/v1/chat/completions", _body()), within_s=_WITHIN_S
                )
                client.close()
                self._note(reply)
                if reply.status == 200:
                    refused_rounds = 0
                else:
                    self.refused_in_calm += 1


def _standing(gateway: GatewayProcess) -> dict[str, Any]:
    """How the budget stands, as `wk budget show` tells it; it ends the gateway's folder's processes."""
    shown = gateway.wk("budget", "show", BUDGET, "--json")
    gateway.wk("down")
    if shown.returncode != 0:
        raise RuntimeError(f"`wk budget show` failed: {shown.stderr[-500:]}")
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


def broken_laws(report: FireReport) -> Iterator[str]:
    """Which laws of money a report shows broken, each in a sentence."""
    if report.billed_usd > report.limit_usd:
        yield f"the provider counted {report.billed_usd} of {report.limit_usd} USD"
    if report.left_usd < 0:
        yield f"settled and unsettled come to {-report.left_usd} USD more than the limit"
    if report.settled_usd > report.billed_usd:
        yield f"{report.settled_usd} USD are settled, the provider counted {report.billed_usd}"
    if report.billed_usd > report.settled_usd + report.unsettled_usd:
        accounted = report.settled_usd + report.unsettled_usd
        yield f"the provider counted {report.billed_usd} USD, settled and unsettled are {accounted}"
    if report.in_receipts_usd > report.settled_usd:
        yield f"receipts tell of {report.in_receipts_usd} USD, {report.settled_usd} are settled"
    if report.left_usd >= report.reservation_usd:
        yield f"calls that may cost {report.reservation_usd} USD were refused with {report.left_usd} left"
    if report.left_usd >= 2 * report.reservation_usd:
        yield f"{report.left_usd} USD are left, more than two reservations"
