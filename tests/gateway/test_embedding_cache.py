"""Embeddings of the same text are asked for once: each input by itself, for seven days."""

from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.gateway.embedding_cache import EmbeddingCache, KeptVector, Lookup

SCOPE = ("embedder", "embed-1", 256, "float")


def vector(number: int, model: str = "embed-1", workload: str = "default") -> KeptVector:
    return KeptVector(json=b"[%d]" % number, model=model, workload=workload)


def asked(cache: EmbeddingCache, *inputs: object, now_s: float = 0.0, scope: object = SCOPE) -> Lookup:
    return cache.look_up(inputs, scope=scope, now_s=now_s)  # type: ignore[arg-type]


def test_only_the_inputs_that_are_not_known_are_asked_for() -> None:
    cache = EmbeddingCache()
    first = asked(cache, "a", "b")
    assert first.missing == (0, 1)
    for position in first.missing:
        assert cache.keep(first.keys[position], vector(position), now_s=0.0)
    second = asked(cache, "c", "b", "a", "b")
    assert second.missing == (0,)
    assert {position: kept.json for position, kept in second.found.items()} == {
        1: b"[1]",
        2: b"[0]",
        3: b"[1]",
    }
    counts = cache.counts()
    assert (counts.hits, counts.misses, counts.entries) == (3, 3, 2)


def test_a_vector_is_kept_for_seven_days_unless_told_otherwise() -> None:
    for cache, days in ((EmbeddingCache(), 7), (EmbeddingCache(ttl_s=2_592_000.0), 30)):
        cache.keep(asked(cache, "a").keys[0], vector(0), now_s=0.0)
        assert asked(cache, "a", now_s=days * 86_400 - 1.0).missing == ()
        assert asked(cache, "a", now_s=days * 86_400.0).missing == (0,)


def test_another_model_or_number_of_dimensions_is_another_vector() -> None:
    cache = EmbeddingCache()
    cache.keep(asked(cache, "a").keys[0], vector(0), now_s=0.0)
    assert asked(cache, "a", scope=("embedder", "embed-1", 512, "float")).missing == (0,)
    assert asked(cache, "a", scope=("embedder", "embed-2", 256, "float")).missing == (0,)


def test_lists_of_tokens_are_known_again_and_are_not_texts() -> None:
    cache = EmbeddingCache()
    cache.keep(asked(cache, [1, 2]).keys[0], vector(0), now_s=0.0)
    assert asked(cache, [1, 2]).missing == ()
    assert asked(cache, "[1,2]", [12]).missing == (0, 1)


def test_a_text_without_a_canonical_form_is_asked_for_every_time() -> None:
    cache = EmbeddingCache()
    found = asked(cache, "\ud800")
    assert (found.keys, found.missing) == ((None,), (0,))
    assert not cache.keep(found.keys[0], vector(0), now_s=0.0)


def test_a_model_or_a_workload_can_be_put_out() -> None:
    cache = EmbeddingCache()
    keys = asked(cache, "a", "b", "c").keys
    cache.keep(keys[0], vector(0), now_s=0.0)
    cache.keep(keys[1], vector(1, model="embed-2"), now_s=0.0)
    cache.keep(keys[2], vector(2, workload="explainer"), now_s=0.0)
    assert cache.empty(model="embed-2") == 1
    assert cache.empty(workload="explainer") == 1
    assert cache.empty() == 1


@given(texts=st.lists(st.text(max_size=5), max_size=8), known=st.sets(st.text(max_size=5), max_size=8))
def test_found_and_missing_together_are_every_input_once(texts: list[str], known: set[str]) -> None:
    cache = EmbeddingCache()
    for text in known:
        cache.keep(asked(cache, text).keys[0], KeptVector(text.encode(), "m", "w"), now_s=0.0)
    found = asked(cache, *texts)
    assert sorted([*found.found, *found.missing]) == list(range(len(texts)))
    assert all((texts[position] in known) is (position in found.found) for position in range(len(texts)))
    assert all(kept.json.decode() == texts[position] for position, kept in found.found.items())
