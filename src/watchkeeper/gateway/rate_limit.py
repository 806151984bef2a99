"""Requests and tokens a minute, for each key: never more in any sixty seconds, wherever they begin.

One process counts its own calls exactly, and those of others as far as they have told.
"""

import math
from collections import OrderedDict, deque
from collections.abc import Mapping
from dataclasses import dataclass

from watchkeeper.domain.errors import RateLimitedError, RequestTooLargeError

MINUTE_S = 60
_KEPT_S = MINUTE_S + 1
"""A second's count is kept until its last instant is a minute old."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimit:
    """What a key may use in a minute; None: as much as it likes."""

    requests: int | None = None
    tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Minute:
    """What a key has used in the last minute."""

    requests: int
    tokens: int


_NOTHING = Minute(0, 0)


@dataclass(slots=True)
class _Second:
    """What was used in one second."""

    at: int
    """The monotonic second."""
    requests: int = 0
    tokens: int = 0


class _Window:
    """The last minute of one key."""

    __slots__ = ("requests", "seconds", "tokens")

    def __init__(self) -> None:
        self.seconds: deque[_Second] = deque()
        self.requests = 0
        self.tokens = 0

    def forget_before(self, now_s: float) -> None:
        seconds = self.seconds
        while seconds and now_s >= seconds[0].at + _KEPT_S:
            gone = seconds.popleft()
            self.requests -= gone.requests
            self.tokens -= gone.tokens

    def second(self, now_s: float) -> _Second:
        at = math.floor(now_s)
        if not self.seconds or self.seconds[-1].at < at:
            self.seconds.append(_Second(at))
        return self.seconds[-1]

    def wait_s(self, now_s: float, *, requests_over: int, tokens_over: int) -> float:
        """Seconds until so many requests and tokens have left the window."""
        for second in self.seconds:
            requests_over -= second.requests
            tokens_over -= second.tokens
            if requests_over <= 0 and tokens_over <= 0:
                return second.at + _KEPT_S - now_s
        return float(_KEPT_S)


@dataclass(frozen=True, slots=True)
class Taken:
    """What a call took, so that its tokens can be corrected once they are known."""

    key: str
    second: _Second
    window: _Window
    tokens: int


class RateLimiter:
    """The last minute of every key; for one thread, with a time that never runs backwards.

    A call takes one request and its bound of tokens before it is sent, and is corrected to what it
    used. Seconds are the grain: what was used counts for 60 to 61 s, never less. At most
    `most_keys` keys are remembered; beyond that the key used longest ago starts afresh.
    """

    def __init__(self, *, most_keys: int = 100_000) -> None:
        self._windows: OrderedDict[str, _Window] = OrderedDict()
        self._most_keys = most_keys
        self._elsewhere: Mapping[str, Minute] = {}

    def __len__(self) -> int:
        return len(self._windows)

    def take(self, key: str, limit: RateLimit, *, tokens: int, now_s: float) -> Taken:
        """Count a call, or refuse it; a refused one counts nothing.

        Args:
            key: Whose minute it is; an id, not the secret.
            limit: What it may use.
            tokens: The most the call can use, input and output.
            now_s: Monotonic seconds.

        Raises:
            RateLimitedError: The minute is used up; it says when there is room again.
            RequestTooLargeError: The call alone is above the minute's tokens, so waiting never helps.
        """
        if limit.tokens is not None and tokens > limit.tokens:
            raise RequestTooLargeError(
                f"this call may use up to {tokens} tokens, and key {key!r} has {limit.tokens} a minute",
                action="send less, lower `max_tokens`, or raise the key's tokens a minute",
            )
        window = self._window(key)
        window.forget_before(now_s)
        there = self._elsewhere.get(key, _NOTHING)
        requests_over = 0 if limit.requests is None else window.requests + there.requests + 1 - limit.requests
        tokens_over = 0 if limit.tokens is None else window.tokens + there.tokens + tokens - limit.tokens
        if requests_over > 0 or tokens_over > 0:
            wait_s = window.wait_s(now_s, requests_over=requests_over, tokens_over=tokens_over)
            what = f"{limit.requests} requests" if requests_over > 0 else f"{limit.tokens} tokens"
            raise RateLimitedError(
                f"key {key!r} has used its {what} of this minute",
                action=f"come back in {math.ceil(wait_s)} s, or raise the key's limit",
                retry_after_s=wait_s,
            )
        second = window.second(now_s)
        second.requests += 1
        second.tokens += tokens
        window.requests += 1
        window.tokens += tokens
        return Taken(key, second, window, tokens)

    def correct(self, taken: Taken, tokens: int, *, now_s: float) -> None:
        """What the call really used, counted where it was taken; call it once.

        Args:
            taken: What `take` gave.
            tokens: Used, input and output; 0 where nothing was sent.
            now_s: Monotonic seconds.
        """
        taken.window.forget_before(now_s)
        if now_s < taken.second.at + _KEPT_S:
            more = tokens - taken.tokens
            taken.second.tokens += more
            taken.window.tokens += more

    def use_elsewhere(self, told: Mapping[str, Minute]) -> None:
        """Count what other processes told of their minutes last, in place of what they told before."""
        self._elsewhere = told

    def minutes(self, *, now_s: float) -> dict[str, Minute]:
        """What each key has used here in its last minute; one that used nothing is forgotten."""
        found = {}
        for key, window in tuple(self._windows.items()):
            window.forget_before(now_s)
            if window.seconds:
                found[key] = Minute(window.requests, window.tokens)
            else:
                del self._windows[key]
        return found

    def used(self, key: str, *, now_s: float) -> tuple[int, int]:
        """Requests and tokens of a key's last minute."""
        window = self._windows.get(key)
        if window is None:
            return 0, 0
        window.forget_before(now_s)
        return window.requests, window.tokens

    def _window(self, key: str) -> _Window:
        window = self._windows.get(key)
        if window is None:
            window = self._windows[key] = _Window()
            if len(self._windows) > self._most_keys:
                self._windows.popitem(last=False)
        else:
            self._windows.move_to_end(key)
        return window
