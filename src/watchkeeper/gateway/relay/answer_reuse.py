"""Answers given again: looked up before anybody is asked, kept when they were good (FA-50)."""

from dataclasses import dataclass

from watchkeeper.domain.clock import Clock
from watchkeeper.gateway.answer_cache import AnswerCache, CachedAnswer
from watchkeeper.gateway.answer_key import answer_key
from watchkeeper.gateway.dialects import Operation
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.caller import DEFAULT_WORKLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReuse:
    """The cache of chat answers, as calls use it.

    A streamed question is answered by a recorded stream and a whole one by a whole reply, each exactly
    as it was sent the first time.
    """

    cache: AnswerCache
    clock: Clock

    def look_up(self, call: Call) -> CachedAnswer | None:
        """The answer to the same question on the same route; None where there is none to give."""
        request, destination = call.request, call.destination
        if (
            destination.route.cache_ttl_s <= 0
            or not destination.named
            or request.operation is not Operation.CHAT
        ):
            return None
        caller = call.told.caller
        call.cache_key = answer_key(
            request.body,
            operation=f"{request.dialect}/{request.operation}",
            scope=(
                destination.name,
                caller.workload,
                caller.release,
                caller.task,
                "stream" if request.facts.stream else "whole",
                "usage" if request.facts.include_usage else None,
            ),
        )
        if call.cache_key is None:
            return None
        return self.cache.get(call.cache_key, now_s=self.clock.monotonic())

    def keep(
        self,
        call: Call,
        made: Attempted,
        *,
        whole: bytes | None = None,
        chunks: tuple[bytes, ...] | None = None,
    ) -> None:
        """Keep an answer that was sent, if it is one to give again."""
        facts = made.facts
        if call.cache_key is None or facts is None or (whole is None and chunks is None):
            return
        caller = call.told.caller
        self.cache.put(
            call.cache_key,
            CachedAnswer(
                dialect=call.request.dialect,
                whole=whole,
                chunks=chunks,
                receipt_id=made.receipt_id,
                target=made.target.name,
                model=facts.model or made.asked_model,
                finish_reason=facts.finish_reason,
                workload=caller.workload or DEFAULT_WORKLOAD,
                route=call.told.route,
                release=caller.release,
            ),
            http_status=made.http_status or 0,
            complete=made.error is None,
            degraded=made.degraded or made.json_ok is False or made.schema_ok is False,
            ttl_s=call.destination.route.cache_ttl_s,
            now_s=self.clock.monotonic(),
        )
