"""Who makes a call, and what for."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchkeeper.gateway.rate_limit import RateLimit


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A caller, as it names itself; None is what it does not say."""

    workload: str | None = None
    run_id: str | None = None
    item_id: str | None = None
    agent: str | None = None
    release: str | None = None
    subject: str | None = None
    """Whom the call is for: the same subject gets the same variant of a route."""
    experiment: str | None = None
    """The experiment whose arm the caller works by; it asked for it first."""
    arm: str | None = None
    task: str | None = None
    """What kind of work it is; routes may choose a target by it."""
    key_id: str | None = None
    """The key of ours it came with."""
    rate: RateLimit | None = None
    """What that key may use in a minute."""
    trace_id: str | None = None
    parent_span_id: str | None = None
    tracestate: str = ""
    document_sha256: str | None = None
    forwarded: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Headers for a provider of the client's own dialect."""
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The client's own key for a provider: for pass-through only, never kept and never logged."""


DEFAULT_WORKLOAD = "default"
"""What unlabelled calls belong to."""
