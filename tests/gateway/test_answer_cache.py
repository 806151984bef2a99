"""An answer is given again for its time, to the same question, and no longer once it may be wrong."""

from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from watchkeeper.gateway.answer_cache import AnswerCache, CachedAnswer, StreamRecording
from watchkeeper.gateway.bounded_store import ENTRY_BYTES, BoundedStore

FIVE_MINUTES_S = 300.0
ANSWER = CachedAnswer(
    dialect="openai",
    whole=b'{"choices": []}',
    receipt_id="1" * 32,
    target="large",
    model="large-1",
    finish_reason="stop",
    workload="stock-research",
    route="query",
    release=None,
)


def kept(
    cache: AnswerCache,
    key: bytes = b"q",
    answer: CachedAnswer = ANSWER,
    *,
    http_status: int = 200,
    complete: bool = True,
    degraded: bool = False,
    ttl_s: float = FIVE_MINUTES_S,
) -> bool:
    return cache.put(
        key,
        answer,
        http_status=http_status,
        complete=complete,
        degraded=degraded,
        ttl_s=ttl_s,
        now_s=0.0,
    )


def test_a_cached_answer_expires_after_five_minutes_however_often_it_is_asked_for() -> None:
    cache = AnswerCache()
    assert kept(cache)
    assert cache.get(b"q", now_s=200.0) == ANSWER
    assert cache.get(b"q", now_s=299.9) == ANSWER
    assert cache.get(b"q", now_s=300.0) is None
    counts = cache.counts()
    assert (counts.hits, counts.misses, counts.expired, counts.entries, counts.bytes) == (2, 1, 1, 0, 0)


def test_a_finished_batch_puts_out_the_answers_of_its_workload_alone() -> None:
    cache = AnswerCache()
    kept(cache)
    kept(cache, b"other", replace(ANSWER, workload="explainer"))
    assert cache.empty(workload="stock-research") == 1
    assert cache.get(b"q", now_s=1.0) is None
    assert cache.get(b"other", now_s=1.0) is not None


def test_a_release_a_route_and_an_operator_put_out_theirs() -> None:
    cache = AnswerCache()
    for key, release, route in ((b"1", "r1", "a"), (b"2", "r1", "b"), (b"3", None, "a"), (b"4", None, "c")):
        kept(cache, key, replace(ANSWER, release=release, route=route))
    assert cache.empty(release="r1", route="a") == 1
    assert cache.empty(release="r1") == 1
    assert cache.empty(route="a") == 1
    assert cache.empty() == 1
    assert cache.counts().emptied == 4


@pytest.mark.parametrize("http_status", [201, 400, 402, 429, 500, 502])
def test_errors_are_never_kept(http_status: int) -> None:
    assert not kept(AnswerCache(), http_status=http_status)


@pytest.mark.parametrize("reason", [None, "length", "max_tokens", "content_filter", "refusal", "error"])
def test_an_answer_that_was_not_finished_is_never_kept(reason: str | None) -> None:
    assert not kept(AnswerCache(), answer=replace(ANSWER, finish_reason=reason))


def test_a_cut_stream_and_a_fallbacks_answer_are_never_kept() -> None:
    cache = AnswerCache()
    assert not kept(cache, complete=False)
    assert not kept(cache, degraded=True)
    assert cache.counts().entries == 0


def test_a_route_without_a_time_keeps_nothing() -> None:
    assert not kept(AnswerCache(), ttl_s=0.0)


def test_a_thousand_answers_are_kept_and_the_one_used_longest_ago_makes_room() -> None:
    cache = AnswerCache()
    for number in range(1000):
        kept(cache, str(number).encode())
    assert cache.get(b"0", now_s=1.0) is not None
    kept(cache, b"new")
    assert cache.counts().entries == 1000
    assert cache.get(b"0", now_s=1.0) is not None
    assert cache.get(b"1", now_s=1.0) is None


def test_a_stream_is_kept_as_its_pieces_and_counts_by_their_bytes() -> None:
    cache = AnswerCache(most_bytes=ENTRY_BYTES + 200)
    stream = replace(ANSWER, whole=None, chunks=(b"data: 1\n\n", b"data: 2\n\n"))
    assert kept(cache, answer=stream)
    assert cache.get(b"q", now_s=1.0) == stream
    assert not kept(cache, b"long", replace(stream, chunks=(b"x" * 300,)))


def test_a_recording_keeps_every_piece_up_to_its_bound_and_beyond_it_none() -> None:
    recording = StreamRecording(most_bytes=10)
    for chunk in (b"12345", b"67890"):
        recording.add(chunk)
    assert recording.chunks() == (b"12345", b"67890")
    recording.add(b"1")
    recording.add(b"2")
    assert recording.chunks() is None


class StoreMachine(RuleBasedStateMachine):
    """The store against a list, oldest use first."""

    MOST_ENTRIES, MOST_BYTES = 4, 4 * ENTRY_BYTES

    def __init__(self) -> None:
        super().__init__()
        self.store: BoundedStore[str] = BoundedStore(
            most_entries=self.MOST_ENTRIES, most_bytes=self.MOST_BYTES
        )
        self.model: list[tuple[bytes, str, int, float]] = []
        self.now_s = 0.0

    @rule(seconds=st.integers(1, 9))
    def time_passes(self, seconds: int) -> None:
        self.now_s += seconds

    @rule(
        name=st.sampled_from("abcdef"),
        value=st.sampled_from("xyz"),
        size=st.sampled_from([0, 10, ENTRY_BYTES, 4 * ENTRY_BYTES]),
        ttl_s=st.sampled_from([0, 5, 20]),
    )
    def put(self, name: str, value: str, size: int, ttl_s: int) -> None:
        key = name.encode()
        kept = self.store.put(key, value, size_bytes=size, ttl_s=ttl_s, now_s=self.now_s)
        self.model = [entry for entry in self.model if entry[0] != key]
        fits = ttl_s > 0 and size + ENTRY_BYTES <= self.MOST_BYTES
        assert kept is fits
        if fits:
            self.model.append((key, value, size + ENTRY_BYTES, self.now_s + ttl_s))
            while len(self.model) > self.MOST_ENTRIES or self.total() > self.MOST_BYTES:
                self.model.pop(0)

    @rule(name=st.sampled_from("abcdef"))
    def get(self, name: str) -> None:
        found = [entry for entry in self.model if entry[0] == name.encode()]
        self.model = [entry for entry in self.model if entry not in found]
        live = [entry for entry in found if entry[3] > self.now_s]
        self.model += live
        expected = live[0][1] if live else None
        assert self.store.get(name.encode(), now_s=self.now_s) == expected

    @rule(value=st.sampled_from("xyz"))
    def empty(self, value: str) -> None:
        stays = [entry for entry in self.model if entry[1] != value]
        assert self.store.empty(lambda kept: kept == value) == len(self.model) - len(stays)
        self.model = stays

    def total(self) -> int:
        return sum(entry[2] for entry in self.model)

    @invariant()
    def they_agree(self) -> None:
        counts = self.store.counts()
        assert (counts.entries, counts.bytes) == (len(self.model), self.total())


TestStoreMachine = StoreMachine.TestCase
TestStoreMachine.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
