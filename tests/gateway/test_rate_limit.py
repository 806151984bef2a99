"""Requests and tokens a minute: never more in any sixty seconds, and the wait that is told is enough."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watchkeeper.domain.errors import RateLimitedError, RequestTooLargeError
from watchkeeper.gateway.rate_limit import Minute, RateLimit, RateLimiter

TWO_A_MINUTE = RateLimit(requests=2)
HUNDRED_TOKENS = RateLimit(tokens=100)


def test_the_third_of_two_requests_a_minute_is_told_when_to_come_back() -> None:
    limiter = RateLimiter()
    limiter.take("alba", TWO_A_MINUTE, tokens=1, now_s=0.0)
    limiter.take("alba", TWO_A_MINUTE, tokens=1, now_s=30.0)
    with pytest.raises(RateLimitedError, match="'alba' has used its 2 requests of this minute") as refused:
        limiter.take("alba", TWO_A_MINUTE, tokens=1, now_s=40.0)
    assert refused.value.retry_after_s == 21.0
    assert refused.value.status == 429
    assert limiter.used("alba", now_s=40.0) == (2, 2)
    limiter.take("alba", TWO_A_MINUTE, tokens=1, now_s=61.0)


def test_keys_do_not_share_a_minute() -> None:
    limiter = RateLimiter()
    limiter.take("alba", RateLimit(requests=1), tokens=1, now_s=0.0)
    limiter.take("bruno", RateLimit(requests=1), tokens=1, now_s=0.0)


def test_tokens_are_taken_by_their_bound_and_given_back_when_fewer_were_used() -> None:
    limiter = RateLimiter()
    taken = limiter.take("alba", HUNDRED_TOKENS, tokens=90, now_s=0.0)
    with pytest.raises(RateLimitedError, match="100 tokens"):
        limiter.take("alba", HUNDRED_TOKENS, tokens=20, now_s=1.0)
    limiter.correct(taken, 10, now_s=2.0)
    limiter.take("alba", HUNDRED_TOKENS, tokens=90, now_s=2.0)


def test_a_call_that_used_more_than_its_bound_counts_in_full() -> None:
    limiter = RateLimiter()
    limiter.correct(limiter.take("alba", HUNDRED_TOKENS, tokens=10, now_s=0.0), 150, now_s=1.0)
    assert limiter.used("alba", now_s=1.0) == (1, 150)
    with pytest.raises(RateLimitedError):
        limiter.take("alba", HUNDRED_TOKENS, tokens=1, now_s=1.0)


def test_a_correction_after_the_minute_changes_nothing() -> None:
    limiter = RateLimiter()
    taken = limiter.take("alba", HUNDRED_TOKENS, tokens=100, now_s=0.0)
    limiter.take("alba", HUNDRED_TOKENS, tokens=60, now_s=100.0)
    limiter.correct(taken, 1, now_s=100.0)
    assert limiter.used("alba", now_s=100.0) == (1, 60)


def test_a_call_larger_than_the_whole_minute_is_refused_for_good() -> None:
    with pytest.raises(RequestTooLargeError, match="up to 101 tokens"):
        RateLimiter().take("alba", HUNDRED_TOKENS, tokens=101, now_s=0.0)


def test_no_limit_refuses_nothing() -> None:
    limiter = RateLimiter()
    for _ in range(1000):
        limiter.take("alba", RateLimit(), tokens=10**9, now_s=0.0)
    assert limiter.used("alba", now_s=0.0) == (1000, 10**12)


def test_a_key_nobody_used_has_used_nothing() -> None:
    assert RateLimiter().used("nobody", now_s=0.0) == (0, 0)


def test_keys_beyond_the_bound_forget_the_one_used_longest_ago() -> None:
    limiter = RateLimiter(most_keys=2)
    for key in ("alba", "bruno", "alba", "clio"):
        limiter.take(key, RateLimit(), tokens=1, now_s=0.0)
    assert len(limiter) == 2
    assert limiter.used("bruno", now_s=0.0) == (0, 0)
    assert limiter.used("alba", now_s=0.0) == (2, 2)


arrivals = st.lists(
    st.tuples(st.floats(0, 20), st.integers(0, 60), st.integers(0, 60), st.booleans()), max_size=60
)


@given(arrivals=arrivals, limit=st.builds(RateLimit, requests=st.integers(1, 5), tokens=st.integers(60, 150)))
def test_no_sixty_seconds_hold_more_than_the_limit_and_the_told_wait_is_enough(
    arrivals: list[tuple[float, int, int, bool]], limit: RateLimit
) -> None:
    limiter, now_s = RateLimiter(), 0.0
    served: list[tuple[float, int]] = []
    for pause_s, bound, used, corrects in arrivals:
        now_s += pause_s
        try:
            taken = limiter.take("alba", limit, tokens=bound, now_s=now_s)
        except RateLimitedError as refused:
            assert 0 < refused.retry_after_s <= 61
            now_s += refused.retry_after_s
            taken = limiter.take("alba", limit, tokens=bound, now_s=now_s)
        spent = min(used, bound) if corrects else bound
        limiter.correct(taken, spent, now_s=now_s)
        served.append((now_s, spent))
    for begin_s, _ in served:
        within = [tokens for at_s, tokens in served if begin_s <= at_s < begin_s + 60]
        assert len(within) <= (limit.requests or math.inf)
        assert sum(within) <= (limit.tokens or math.inf)


def test_keys_that_used_nothing_in_their_last_minute_are_forgotten_when_minutes_are_told() -> None:
    limiter = RateLimiter()
    limiter.take("key-1", RateLimit(requests=9), tokens=5, now_s=0.0)
    limiter.take("key-2", RateLimit(requests=9), tokens=7, now_s=30.0)

    assert limiter.minutes(now_s=30.0) == {"key-1": Minute(1, 5), "key-2": Minute(1, 7)}
    assert limiter.minutes(now_s=61.0) == {"key-2": Minute(1, 7)}
    assert len(limiter) == 1


def test_what_is_used_elsewhere_counts_until_other_word_comes() -> None:
    limiter = RateLimiter()
    limit = RateLimit(requests=2, tokens=100)
    limiter.use_elsewhere({"key-1": Minute(requests=1, tokens=95)})

    with pytest.raises(RateLimitedError, match="has used its 100 tokens"):
        limiter.take("key-1", limit, tokens=10, now_s=0.0)
    limiter.take("key-1", limit, tokens=5, now_s=0.0)
    with pytest.raises(RateLimitedError, match="has used its 2 requests"):
        limiter.take("key-1", limit, tokens=0, now_s=0.0)

    limiter.use_elsewhere({})
    limiter.take("key-1", limit, tokens=10, now_s=0.0)
