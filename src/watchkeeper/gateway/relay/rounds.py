"""Trying a call at its targets: round after round, until one has answered or trying more cannot help."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import NoTargetError, TargetError, WaitError, WatchkeeperError
from watchkeeper.gateway.dialects import Dialect
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.attempting import Attempting
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.clients_fault import is_clients_fault
from watchkeeper.gateway.relay.continuation import continued, may_continue
from watchkeeper.gateway.relay.delivery import StreamDelivery
from watchkeeper.gateway.relay.planning import Planning
from watchkeeper.gateway.route_plan import RoutePlan, Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Rounds:
    """A round tries every target of the plan once, in order; between rounds it waits.

    So a second target answers at once where the first fails, and a single one is asked again after a pause.
    """

    planning: Planning
    attempting: Attempting
    clock: Clock
    chance: Callable[[], float]
    wait: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits so many seconds."""

    async def run(self, call: Call, delivery: StreamDelivery | None) -> Attempted:
        """Try until it is answered, or its stream has begun and broken off for good.

        Args:
            call: The call.
            delivery: The client's side of a stream; None for an answer in one piece.

        Returns:
            The last attempt: what it answered is, for a stream, delivered already.

        Raises:
            WatchkeeperError: It could not be answered, and nothing was sent.
        """
        terms, route = call.request.terms, call.destination.route
        retry = route.retry if terms.retry is None or call.destination.named else terms.retry
        within_s = route.timeout_s if terms.within_s is None else min(route.timeout_s, terms.within_s)
        deadline_s = call.started_s + within_s
        number = 0
        failed: WatchkeeperError | None = None
        while True:
            number += 1
            try:
                made = await self._round(call, delivery, deadline_s)
            except NoTargetError as nobody:
                # What was tried before tells more, and is what the call's last receipt says.
                raise failed or nobody from None
            failed = made.error
            if failed is None or (delivery is not None and delivery.started):
                return made
            pause_s = None
            if failed.retryable and call.destination.passthrough is None and not call.sink.gone:
                pause_s = retry.wait_s(number, chance=self.chance(), retry_after_s=_retry_after_s(failed))
            if pause_s is None or self.clock.monotonic() + pause_s >= deadline_s:
                raise failed
            await self.wait(pause_s)

    async def _round(self, call: Call, delivery: StreamDelivery | None, deadline_s: float) -> Attempted:
        """Try every target once; the attempt that answered, or the last that did not.

        Raises:
            WatchkeeperError: Nobody can be asked, or the request is at fault.
        """
        plan = self.planning.plan(call)
        call.skipped = plan.skipped
        if call.request.terms.baseline is not None:
            call.last_resort = next((step for step in plan.steps if step.baseline), None)
        made: Attempted | None = None
        for step in plan.steps:
            if step.baseline:
                continue
            if made is not None and (call.sink.gone or self.clock.monotonic() >= deadline_s):
                break
            if made is not None and made.begun and not _can_follow(step, made, call):
                continue
            request = continued(call.request, call.delivered)
            made = await self.attempting.attempt(
                call,
                self.planning.lane(call, step.target),
                request,
                degraded=step.degraded or made is not None,
                deadline_s=deadline_s,
                delivery=delivery,
            )
            if made.error is None:
                call.step = step
                return made
            if made.begun and made.facts is not None:
                call.delivered += made.facts.text
            call.refused_by = made if made.provider_words else None
            if is_clients_fault(made.error):
                raise made.error
        if made is None:
            raise _nobody(call, plan)
        return made


def _can_follow(step: Step, broken: Attempted, call: Call) -> bool:
    """Whether a target can go on where a begun answer broke off.

    Where only the announcement of an answer was sent, any target can begin it; an Anthropic announcement
    names the message that must then follow.
    """
    if not isinstance(broken.error, TargetError):
        return False  # it did not break off: it was whole, and broke a rule
    facts = broken.facts
    empty = facts is not None and not (facts.text or facts.tool_calls or facts.reasoning or call.delivered)
    if empty and call.request.dialect is Dialect.OPENAI:
        return True
    return step.continues and may_continue(call.request)


def _retry_after_s(failed: WatchkeeperError) -> float | None:
    return failed.retry_after_s if isinstance(failed, TargetError | WaitError) else None


def _nobody(call: Call, plan: RoutePlan) -> NoTargetError:
    why = "; ".join(f"{skip.target}: {skip.reason}" for skip in plan.skipped) or "the route has no target"
    return NoTargetError(
        f"nobody can answer {call.destination.name!r} now ({why})",
        action="`wk route explain` tells more; `wk breaker reset` closes a breaker by hand",
    )
