"""One attempt from end to end: money held, a place taken, the target asked, all of it written down."""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from watchkeeper.domain.clock import Clock, IdSource
from watchkeeper.domain.errors import (
    CallBrokenOffError,
    OutputRejectedError,
    TargetError,
    TargetRateLimitedError,
    TargetRefusedError,
    WatchkeeperError,
)
from watchkeeper.domain.money import Spender
from watchkeeper.gateway.baseline import place_of
from watchkeeper.gateway.dialects import Dialect
from watchkeeper.gateway.guards import NamedGuard, reject_output
from watchkeeper.gateway.ports import Hold, Pricer, Purse
from watchkeeper.gateway.relay.answer_check import check_answer
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.caller import DEFAULT_WORKLOAD
from watchkeeper.gateway.relay.delivery import StreamDelivery
from watchkeeper.gateway.relay.lane import Lane
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.request import ClientRequest
from watchkeeper.gateway.relay.spending import bound_usd, settle
from watchkeeper.gateway.relay.try_stream import try_stream
from watchkeeper.gateway.relay.try_whole import try_whole
from watchkeeper.gateway.relay.upstream_body import in_newest_words, upstream_body

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempting:
    """Makes attempts."""

    pricer: Pricer
    purse: Purse
    ledger: Ledger
    guards: Mapping[str, Sequence[NamedGuard]]
    """What a route's answers are held to, by the route's name."""
    clock: Clock
    ids: IdSource

    async def attempt(
        self,
        call: Call,
        lane: Lane,
        request: ClientRequest,
        *,
        degraded: bool,
        deadline_s: float,
        delivery: StreamDelivery | None,
    ) -> Attempted:
        """Ask one target once; a failure stands in what is returned.

        Whatever happens, money held is let go by what is known of the cost, and a receipt is written.

        Args:
            call: The call.
            lane: Whom to ask.
            request: What to ask: the call's own request, or its continuation.
            degraded: Whether a better target should have answered.
            deadline_s: On the monotonic clock.
            delivery: The client's side of a stream; None for an answer in one piece.

        Raises:
            StorageFullError: The receipt could not be written.
        """
        made = self._begun(call, lane, request, degraded=degraded, stream=delivery is not None)
        try:
            await self._asked(made, call, lane, request, deadline_s=deadline_s, delivery=delivery)
        except WatchkeeperError as failure:
            made.error = failure
        except asyncio.CancelledError:
            self._broken_off(made, call)
            raise
        except Exception as defect:  # noqa: BLE001 - an attempt ends here, and a defect is one more way to fail
            _log.exception("an attempt at target %r failed by a defect", lane.target.name)
            made.error = WatchkeeperError(
                f"asking target {lane.target.name!r} failed by a defect: {place_of(defect)}",
                action="report it; the log holds the whole trace",
            )
        settle(made, self.pricer, at=self.clock.now())
        if not made.latency_ms:
            made.latency_ms = self.ledger.since_ms(made.started_s)
        check_answer(made, request)
        self._guard(made, call)
        self.ledger.attempted(call, made)
        return made

    def _begun(
        self, call: Call, lane: Lane, request: ClientRequest, *, degraded: bool, stream: bool
    ) -> Attempted:
        call.attempts += 1
        target = lane.target
        return Attempted(
            target=target,
            priced_as=lane.priced_as or target.provider,
            asked_model=target.model or request.facts.model,
            receipt_id=self.ids.trace_id(),
            span_id=self.ids.span_id(),
            number=call.attempts,
            started_s=self.clock.monotonic(),
            stream=stream,
            degraded=degraded,
        )

    def _broken_off(self, made: Attempted, call: Call) -> None:
        """Write down an attempt that was given up while its target answered."""
        made.error = CallBrokenOffError(
            f"the call was broken off while target {made.target.name!r} answered",
            action="nothing; its client hung up, or the gateway was stopped",
        )
        settle(made, self.pricer, at=self.clock.now())
        made.latency_ms = self.ledger.since_ms(made.started_s)
        self.ledger.attempted(call, made)

    def _guard(self, made: Attempted, call: Call) -> None:
        """Hold an answer to its route's rules; one that breaks them has failed, unless it is sent already."""
        guards = self.guards.get(call.destination.name) if call.destination.named else None
        if not guards or made.error is not None or made.facts is None:
            return
        try:
            reject_output(guards, made.facts.text)
        except OutputRejectedError as rejected:
            made.error = rejected

    async def _asked(
        self,
        made: Attempted,
        call: Call,
        lane: Lane,
        request: ClientRequest,
        *,
        deadline_s: float,
        delivery: StreamDelivery | None,
    ) -> None:
        body = upstream_body(
            request.raw,
            request.body,
            source=request.dialect,
            to=Dialect(lane.target.dialect),
            model=lane.target.model,
            wants_usage=delivery is not None and not request.facts.include_usage,
        )
        if request.terms.in_process and lane.says_max_completion_tokens:
            body = in_newest_words(body)
        ticket = lane.admit(self.clock.monotonic())
        healthy: bool | None = None
        try:
            made.hold = await self._held(made, call, request)
            if lane.places is not None:
                await lane.places.enter(within_s=deadline_s - self.clock.monotonic())
            try:
                await self._exchanged(made, call, lane, body, deadline_s=deadline_s, delivery=delivery)
            finally:
                if lane.places is not None:
                    lane.places.leave()
            healthy = _is_healthy(made)
        finally:
            lane.tell(ticket, healthy, self.clock.monotonic())

    async def _exchanged(
        self,
        made: Attempted,
        call: Call,
        lane: Lane,
        body: bytes,
        *,
        deadline_s: float,
        delivery: StreamDelivery | None,
    ) -> None:
        headers = self._headers(made, call, lane)
        clock = self.clock
        within_s = max(0.001, min(deadline_s - clock.monotonic(), lane.timeout_s))
        if delivery is None:
            await try_whole(made, call.request.operation, body, headers, within_s=within_s, clock=clock)
            return
        await try_stream(
            made, body, headers, delivery, within_s=within_s, silence_s=lane.timeout_s, clock=clock
        )

    async def _held(self, made: Attempted, call: Call, request: ClientRequest) -> Hold:
        caller = call.told.caller
        bound = bound_usd(
            self.pricer,
            made,
            request,
            reserve_output_tokens=call.destination.route.reserve_output_tokens,
            at=self.clock.now(),
        )
        spender = Spender(
            workload=caller.workload or DEFAULT_WORKLOAD, route=call.told.route, key_id=caller.key_id
        )
        return await self.purse.hold(spender, bound)

    def _headers(self, made: Attempted, call: Call, lane: Lane) -> Mapping[str, str]:
        caller = call.told.caller
        headers = {"traceparent": f"00-{call.told.trace_id}-{made.span_id}-01"}
        if caller.tracestate:
            headers["tracestate"] = caller.tracestate
        if caller.forwarded and lane.target.dialect == call.request.dialect:
            headers.update(caller.forwarded)
        if lane.passes_credentials:
            headers.update(caller.credentials)
        return headers


def _is_healthy(made: Attempted) -> bool | None:
    """Whether the target did its part; None where the attempt tells nothing of that.

    A request that the provider refuses as wrong proves the provider well; a refused key or a rate limit
    is no fault that leaving it alone for a minute would mend.
    """
    if made.error is None:
        return True
    if isinstance(made.error, TargetRefusedError | TargetRateLimitedError):
        return True if made.error.http_status in {400, 413, 422} else None
    return False if isinstance(made.error, TargetError) else None
