"""What a scripted provider has seen, and what it would have billed."""

from dataclasses import asdict, dataclass, field
from typing import Any

import orjson

from watchkeeper.testing.provider.asked import Asked
from watchkeeper.testing.provider.plan import UNBILLED, Fault


@dataclass(slots=True)
class LoggedRequest:
    """One request: what was asked, what befell it, how much of an answer went out."""

    number: int
    """From 1, in the order of arrival."""
    arrived_s: float
    """On the monotonic clock."""
    path: str
    model: str
    stream: bool
    traceparent: str
    """As it came: the gateway's trace and the attempt's span are in it."""
    request_id: str
    """The header `x-request-id`."""
    credential: str
    """The key it came with."""
    fault: str | None
    status: int | None
    """None where no status was sent."""
    input_tokens: int
    output_tokens: int
    billed: bool
    ended: str = "open"
    """`whole`, `cut` by the provider as planned, `gone` by the client, or still `open`."""
    body: str | None = None

    @property
    def trace_id(self) -> str:
        """The trace in `traceparent`; empty without one."""
        return self.traceparent[3:35]

    @property
    def span_id(self) -> str:
        """The span in `traceparent`: with the gateway in front, its attempt's; empty without one."""
        return self.traceparent[36:52]


@dataclass(slots=True)
class Billed:
    """Of one model."""

    requests: int = 0
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(slots=True)
class Counts:
    """Everything since the start or the last reset."""

    requests: int = 0
    """Calls of a model that arrived whole, wrong ones included."""
    connections: int = 0
    streams: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    refused: int = 0
    """Answered 4xx because the request was wrong."""
    faults: dict[str, int] = field(default_factory=dict)
    ended: dict[str, int] = field(default_factory=dict)
    billed: dict[str, Billed] = field(default_factory=dict)
    """By model: everything a provider would charge for, hung-up and broken-off answers in full."""


class Ledger:
    """Counts requests as they arrive and end."""

    def __init__(self) -> None:
        self.counts = Counts()
        self.log: list[LoggedRequest] = []

    def arrived(self, asked: Asked, fault: Fault | None, output_tokens: int) -> bool:
        """A request is there; whether it is billed. From now on it is, whatever the client does."""
        counts = self.counts
        counts.requests += 1
        counts.in_flight += 1
        counts.most_in_flight = max(counts.most_in_flight, counts.in_flight)
        counts.streams += asked.stream
        if fault is not None:
            counts.faults[fault.value] = counts.faults.get(fault.value, 0) + 1
            if fault in UNBILLED:
                return False
        billed = counts.billed.get(asked.model)
        if billed is None:
            billed = counts.billed[asked.model] = Billed()
        billed.requests += 1
        billed.input_tokens += asked.input_tokens
        billed.output_tokens += output_tokens
        return True

    def ended(self, logged: LoggedRequest | None, how: str) -> None:
        """A request has ended."""
        self.counts.in_flight -= 1
        self.counts.ended[how] = self.counts.ended.get(how, 0) + 1
        if logged is not None:
            logged.ended = how

    def refused(self) -> None:
        """A request was wrong."""
        self.counts.requests += 1
        self.counts.refused += 1

    def reset(self) -> None:
        """Forget everything but what is in flight, which is told when it ends."""
        self.counts = Counts(in_flight=self.counts.in_flight, most_in_flight=self.counts.in_flight)
        self.log = []

    def counts_json(self) -> bytes:
        """The counts as JSON."""
        return orjson.dumps(asdict(self.counts))

    def log_json(self, after: int) -> bytes:
        """The requests with a number above one, as JSON."""
        rows: list[dict[str, Any]] = [asdict(one) for one in self.log if one.number > after]
        return orjson.dumps(rows)
