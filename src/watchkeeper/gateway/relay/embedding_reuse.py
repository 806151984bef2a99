"""Embeddings given again, text by text: of a batch only what is not known is asked for (FA-47)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import orjson

from watchkeeper.domain.clock import Clock
from watchkeeper.gateway.dialects import Operation
from watchkeeper.gateway.embedding_cache import EmbeddingCache, KeptVector, Lookup
from watchkeeper.gateway.relay.attempted import Attempted
from watchkeeper.gateway.relay.call import Call
from watchkeeper.gateway.relay.caller import DEFAULT_WORKLOAD
from watchkeeper.gateway.relay.request import ClientRequest

_DECIDE = ("model", "dimensions", "encoding_format")
"""Fields that decide a vector beside its text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownInputs:
    """What a request asks for, and what of it is known."""

    inputs: tuple[object, ...]
    lookup: Lookup


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingReuse:
    """The cache of embeddings, as calls use it; for routes that lead to one model only."""

    cache: EmbeddingCache
    clock: Clock

    def look_up(self, call: Call) -> KnownInputs | None:
        """What is known of a request's inputs; None where nothing may be given again."""
        request = call.request
        if request.operation is not Operation.EMBEDDINGS or not call.destination.reuses_embeddings:
            return None
        found = request.body["input"]
        if isinstance(found, str) or (isinstance(found, list) and found and type(found[0]) is int):
            inputs: tuple[object, ...] = (found,)
        else:
            assert isinstance(found, list)
            inputs = tuple(found)
        scope = [call.destination.name, *(request.body.get(name) for name in _DECIDE)]
        return KnownInputs(
            inputs=inputs,
            lookup=self.cache.look_up(inputs, scope=scope, now_s=self.clock.monotonic()),
        )

    def rest(self, request: ClientRequest, known: KnownInputs) -> ClientRequest:
        """The request for what is not known."""
        if not known.lookup.found:
            return request
        body = {**request.body, "input": [known.inputs[at] for at in known.lookup.missing]}
        return replace(request, raw=orjson.dumps(body), body=body)

    def together(self, call: Call, known: KnownInputs, made: Attempted | None) -> bytes:
        """The reply, with what was known and what was asked; the latter is kept.

        Args:
            call: The call.
            known: What was known.
            made: The attempt at what was not; None where all was known.
        """
        reply: dict[str, Any] = {"object": "list", "model": call.request.facts.model}
        fresh: dict[int, bytes] = {}
        if made is not None:
            reply = orjson.loads(made.reply)
            fresh = self._kept(call, known, made, reply)
        else:
            first = next(iter(known.lookup.found.values()))
            reply |= {"model": first.model, "usage": {"prompt_tokens": 0, "total_tokens": 0}}
        vectors: Mapping[int, bytes] = {
            **fresh,
            **{at: vector.json for at, vector in known.lookup.found.items()},
        }
        reply["data"] = [
            {"object": "embedding", "index": at, "embedding": orjson.Fragment(vectors[at])}
            for at in range(len(known.inputs))
            if at in vectors
        ]
        return orjson.dumps(reply)

    def _kept(
        self, call: Call, known: KnownInputs, made: Attempted, reply: Mapping[str, Any]
    ) -> dict[int, bytes]:
        now_s = self.clock.monotonic()
        model = (made.facts.model if made.facts else None) or made.asked_model
        workload = call.told.caller.workload or DEFAULT_WORKLOAD
        fresh: dict[int, bytes] = {}
        for row in reply["data"]:
            asked = row.get("index", len(fresh))
            at = known.lookup.missing[asked]
            fresh[at] = orjson.dumps(row["embedding"])
            if not made.degraded:
                vector = KeptVector(fresh[at], model, workload)
                self.cache.keep(known.lookup.keys[at], vector, now_s=now_s)
        return fresh
