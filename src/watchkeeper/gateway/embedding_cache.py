"""Embeddings given again for the same text, each by the hash of its content (row FA-47)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from watchkeeper.gateway.bounded_store import BoundedStore, StoreCounts
from watchkeeper.gateway.cache_bounds import EMBEDDING_BYTES, EMBEDDING_TTL_S, EMBEDDINGS


@dataclass(frozen=True, slots=True)
class KeptVector:
    """One embedding as the provider wrote it."""

    json: bytes
    """The value of `embedding`: a list of numbers, or base64 text; goes into a reply as it is."""
    model: str
    workload: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """What is known of the inputs of one request."""

    keys: tuple[bytes | None, ...]
    """One per input; None for an input that has no canonical form."""
    found: Mapping[int, KeptVector]
    """By the input's position."""
    missing: tuple[int, ...]
    """Positions that must be asked for, in order."""


class EmbeddingCache:
    """Embeddings by scope and content; for one thread, with monotonic time given."""

    def __init__(
        self,
        *,
        ttl_s: float = EMBEDDING_TTL_S,
        most_entries: int = EMBEDDINGS,
        most_bytes: int = EMBEDDING_BYTES,
    ) -> None:
        self._ttl_s = ttl_s
        self._store: BoundedStore[KeptVector] = BoundedStore(most_entries=most_entries, most_bytes=most_bytes)

    def look_up(self, inputs: Sequence[object], *, scope: Sequence[object], now_s: float) -> Lookup:
        """Which of a request's inputs are known.

        Args:
            inputs: Texts, or lists of token numbers.
            scope: What else decides the vector: target, model, dimensions, encoding.
            now_s: Monotonic seconds.
        """
        keys = _keys(inputs, scope)
        found: dict[int, KeptVector] = {}
        for position, key in enumerate(keys):
            kept = None if key is None else self._store.get(key, now_s=now_s)
            if kept is not None:
                found[position] = kept
        missing = tuple(position for position in range(len(keys)) if position not in found)
        return Lookup(keys=keys, found=found, missing=missing)

    def keep(self, key: bytes | None, vector: KeptVector, *, now_s: float) -> bool:
        """Keep what was answered for one input, under its key of the look-up; whether it is kept."""
        if key is None:
            return False
        return self._store.put(key, vector, size_bytes=len(vector.json), ttl_s=self._ttl_s, now_s=now_s)

    def empty(self, *, model: str | None = None, workload: str | None = None) -> int:
        """Put out the vectors of a model or workload, or all; how many."""
        return self._store.empty(
            lambda vector: (
                (model is None or vector.model == model) and (workload is None or vector.workload == workload)
            )
        )

    def counts(self) -> StoreCounts:
        """Hits and misses by input, entries and bytes."""
        return self._store.counts()


def _keys(inputs: Sequence[object], scope: Sequence[object]) -> tuple[bytes | None, ...]:
    scope_hash = hashlib.blake2b(orjson.dumps(scope), digest_size=32)
    return tuple(_key(each, scope_hash.copy()) for each in inputs)


def _key(content: object, started: "hashlib.blake2b") -> bytes | None:
    try:
        started.update(orjson.dumps(content))
    except (TypeError, ValueError):  # half a surrogate pair, a number above 64 bits
        return None
    return started.digest()
