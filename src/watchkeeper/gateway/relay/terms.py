"""What a caller in this process agrees with the relay beyond what a request over HTTP can say."""

from dataclasses import dataclass

from watchkeeper.gateway.retry import RetryPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one call; those of a request over HTTP are the defaults."""

    in_process: bool = False
    """Whether the request was written by us, so that its fields may be told in a target's own words."""
    strict: bool = False
    """Whether an answer that declines, or breaks the JSON or schema it was asked for, has failed."""
    within_s: float | None = None
    """Seconds for the whole call, every attempt and wait included; None leaves it to the route."""
    retry: RetryPolicy | None = None
    """Of a call that names a target; a route has its own."""
    baseline: str | None = None
    """The baseline engine that fits the call; None when none does."""
    prompt_sha256: str | None = None
    """The hash under which the request is kept, where whoever asks has kept it."""


OVER_HTTP = Terms()
