"""Answers on their way out: whole ones, streams, and those given from the cache."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.money import usd_text
from watchkeeper.domain.receipt import Receipt
from watchkeeper.gateway.dialects import Dialect, translate_reply
from watchkeeper.gateway.ports import ReplySink
from watchkeeper.gateway.relay.answer_reuse import AnswerReuse
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.caller import Caller
from watchkeeper.gateway.relay.clients_fault import is_clients_fault
from watchkeeper.gateway.relay.delivery import EVENT_STREAM, StreamDelivery
from watchkeeper.gateway.relay.embedding_reuse import EmbeddingReuse, KnownInputs
from watchkeeper.gateway.relay.engine_answer import EngineAnswer
from watchkeeper.gateway.relay.ledger import Ledger
from watchkeeper.gateway.relay.planning import Planning
from watchkeeper.gateway.relay.try_whole import MOST_REPLY_BYTES

_PASSED_ON = ("retry-after", "x-request-id", "request-id", "openai-", "anthropic-", "x-ratelimit-")
"""How headers of a provider begin that its own clients read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Gives answers."""

    ledger: Ledger
    reuse: AnswerReuse
    embeddings: EmbeddingReuse | None

    def from_cache(self, call: Call) -> bool:
        """Answer from the cache; whether it could."""
        hit = self.reuse.look_up(call)
        if hit is None:
            return False
        receipt_id = self.ledger.ids.trace_id()
        self.ledger.answered_from_cache(call, receipt_id=receipt_id, target=hit.target, model=hit.model)
        if hit.whole is not None:
            headers = {**_cached_headers(receipt_id, hit.target), "content-type": "application/json"}
            call.sink.whole(200, headers, hit.whole)
            return True
        headers = {
            "content-type": EVENT_STREAM,
            "x-watchkeeper-receipt": receipt_id,
            "x-watchkeeper-cached": "true",
        }
        call.sink.start(200, headers)
        for chunk in hit.chunks or ():
            call.sink.write(chunk)
        call.sink.end(last_words(receipt=receipt_id, target=hit.target, cost_usd="0", degraded=False))
        return True

    def known_embeddings(self, call: Call) -> KnownInputs | None:
        """What is known of the embeddings a call asks for; None where none may be given again."""
        return None if self.embeddings is None else self.embeddings.look_up(call)

    def embedded(self, call: Call, known: KnownInputs, made: Attempted | None) -> None:
        """Give embeddings, those that were known among them."""
        assert self.embeddings is not None
        body = self.embeddings.together(call, known, made)
        if made is None:
            vector = next(iter(known.lookup.found.values()))
            receipt_id = self.ledger.ids.trace_id()
            self.ledger.answered_from_cache(
                call, receipt_id=receipt_id, target=call.destination.name, model=vector.model
            )
            headers: Mapping[str, str] = _cached_headers(receipt_id, call.destination.name)
        else:
            headers = _headers(call, made)
        call.sink.whole(200, {"content-type": "application/json", **headers}, body)

    def whole(self, call: Call, made: Attempted) -> None:
        """Give an answer that came in one piece."""
        source, to = Dialect(made.target.dialect), call.request.dialect
        body = made.reply
        if source is not to:
            reply = orjson.loads(body)
            translated = translate_reply(
                reply, source, to, asked_model=made.asked_model, created_s=self._now_s()
            )
            body = orjson.dumps(translated)
        self.reuse.keep(call, made, whole=body)
        headers = _headers(call, made)
        call.sink.whole(200, {"content-type": "application/json", **headers}, body)

    def by_engine(self, call: Call, receipt: Receipt, answer: object) -> None:
        """Give what a baseline engine has answered, as a reply or as a stream of one piece."""
        text = answer if isinstance(answer, str) else orjson.dumps(answer).decode()
        made = EngineAnswer(
            text=text, model=receipt.model, receipt_id=receipt.receipt_id, created_s=self._now_s()
        )
        to = call.request.dialect
        if not call.request.facts.stream:
            headers = {
                "content-type": "application/json",
                "x-watchkeeper-receipt": receipt.receipt_id,
                "x-watchkeeper-target": receipt.target or "",
                "x-watchkeeper-cached": "false",
                "x-watchkeeper-degraded": "true" if receipt.degraded else "false",
                "x-watchkeeper-cost-usd": "0",
            }
            call.sink.whole(200, headers, orjson.dumps(made.reply(to)))
            return
        call.sink.start(200, {"content-type": EVENT_STREAM, "x-watchkeeper-receipt": receipt.receipt_id})
        call.sink.write(made.events(to))
        call.sink.end(
            last_words(
                receipt=receipt.receipt_id,
                target=receipt.target or "",
                cost_usd="0",
                degraded=receipt.degraded,
            )
        )

    def in_providers_words(self, call: Call) -> bool:
        """Give a provider's refusal as it came, where the client is who must hear it; whether it was given.

        That is where the request itself is wrong, and whatever happens to a call that is passed through.
        What a provider says of a key of ours stays here.
        """
        made = call.refused_by
        if made is None or made.error is None or made.target.dialect != call.request.dialect:
            return False
        if call.destination.passthrough is None and not is_clients_fault(made.error):
            return False
        try:
            orjson.loads(made.provider_words)
        except orjson.JSONDecodeError:
            return False
        headers = {"content-type": "application/json", **_headers(call, made)}
        call.sink.whole(made.http_status or made.error.status, headers, made.provider_words)
        return True

    async def providers_models(
        self, planning: Planning, dialect: Dialect, caller: Caller, sink: ReplySink
    ) -> bool:
        """Give a passed-through client its provider's own list of models; whether it was given.

        Raises:
            TargetError: The provider could not be asked.
        """
        lane = planning.passthrough.get(dialect)
        if lane is None or planning.model_names():
            return False
        target = lane.target
        try:
            async with asyncio.timeout(lane.timeout_s):
                answer = await target.open("models", b"", {**caller.forwarded, **caller.credentials})
                body = await answer.whole(MOST_REPLY_BYTES)
        except TimeoutError:
            raise target.late(lane.timeout_s) from None
        except WatchkeeperError:
            raise
        except Exception as broken:  # a connection that ends in any way: the target has failed
            raise target.broken(broken) from broken
        sink.whole(answer.status, {"content-type": "application/json"}, body)
        return True

    def delivery(self, call: Call) -> StreamDelivery:
        """The client's side of a stream."""
        request = call.request
        tells_usage = request.facts.include_usage
        return StreamDelivery(
            call.sink,
            request.dialect,
            tells_usage=tells_usage,
            created_s=self._now_s(),
            keeps=call.cache_key is not None,
        )

    def ended(self, call: Call, made: Attempted, delivery: StreamDelivery) -> None:
        """End a stream: with an error inside it where it broke off, and always with a comment of ours."""
        if made.error is not None:
            delivery.fail(made.error)
        self.reuse.keep(call, made, chunks=delivery.kept_chunks())
        cost = made.cost.usd if made.cost else None
        delivery.end(
            last_words(
                receipt=made.receipt_id,
                target=made.target.name,
                cost_usd=None if cost is None else usd_text(cost),
                degraded=made.degraded,
            )
        )

    def _now_s(self) -> int:
        return int(self.ledger.clock.now().timestamp())


def last_words(*, receipt: str, target: str, cost_usd: str | None, degraded: bool) -> bytes:
    """The comment that ends every stream of ours: what a whole reply says in its headers."""
    told = {"receipt": receipt, "target": target, "cost_usd": cost_usd, "degraded": degraded}
    return b": watchkeeper " + orjson.dumps(told) + b"\n\n"


def _cached_headers(receipt_id: str, target: str) -> dict[str, str]:
    return {
        "x-watchkeeper-receipt": receipt_id,
        "x-watchkeeper-target": target,
        "x-watchkeeper-cached": "true",
        "x-watchkeeper-degraded": "false",
        "x-watchkeeper-cost-usd": "0",
    }


def _headers(call: Call, made: Attempted) -> Mapping[str, str]:
    cost = made.cost.usd if made.cost else None
    headers = {
        "x-watchkeeper-receipt": made.receipt_id,
        "x-watchkeeper-target": made.target.name,
        "x-watchkeeper-cached": "false",
        "x-watchkeeper-degraded": "true" if made.degraded else "false",
    }
    if cost is not None:
        headers["x-watchkeeper-cost-usd"] = usd_text(cost)
    if made.target.dialect == call.request.dialect:
        headers.update({name: one for name, one in made.reply_headers.items() if name.startswith(_PASSED_ON)})
    return headers
