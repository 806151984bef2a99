"""Whether a call may be made at all: its rate, and what guards say of its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watchkeeper.domain.clock import Clock
from watchkeeper.domain.errors import TargetNotReachedError
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.guards import NamedGuard, refuse_input
from watchkeeper.gateway.rate_limit import RateLimiter
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.spending import about_input_tokens, output_bound_tokens


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Lets calls in."""

    limiter: RateLimiter
    """Of all keys."""
    clock: Clock
    guards: Mapping[str, Sequence[NamedGuard]] = field(default_factory=dict)
    """What a route's requests are held to, by the route's name."""

    def admit(self, call: Call) -> None:
        """Let a call in.

        Raises:
            GuardRefusedError: A guard of its route refused it.
            RateLimitedError: Its key has used its minute.
            RequestTooLargeError: It may use more tokens than its key has in a minute.
        """
        guards = self.guards.get(call.destination.name) if call.destination.named else None
        if guards:
            refuse_input(guards, (call.request.facts.text(),))
        caller = call.told.caller
        if caller.rate is None or caller.key_id is None:
            return
        route = call.destination.route
        most = 0
        if caller.rate.tokens is not None:
            # The minute is counted in tokens of the provider's; a bound would refuse calls that fit well.
            most = about_input_tokens(call.request) + output_bound_tokens(
                call.request, reserve_output_tokens=route.reserve_output_tokens
            )
        call.taken = self.limiter.take(caller.key_id, caller.rate, tokens=most, now_s=self.clock.monotonic())

    def ended(self, call: Call) -> None:
        """A call is over: its key's minute is corrected to what it used, unless that is not known."""
        if call.taken is None or not call.taken.tokens:
            return
        used = 0
        for receipt in call.receipts:
            if receipt.input_tokens is not None:
                used += receipt.input_tokens + (receipt.output_tokens or 0)
            elif call.attempts and not _used_nothing(receipt):
                return
        self.limiter.correct(call.taken, used, now_s=self.clock.monotonic())


def _used_nothing(receipt: Receipt) -> bool:
    """Whether an attempt without a count of tokens is known to have used none."""
    if receipt.cached or receipt.error_code == TargetNotReachedError.code:
        return True
    return receipt.http_status is not None and receipt.http_status >= 400
