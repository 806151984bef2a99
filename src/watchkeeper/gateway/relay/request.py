"""A call with a body, as it came in and was checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from watchkeeper.gateway.dialects import Dialect, Operation, RequestFacts
from watchkeeper.gateway.relay.caller import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientRequest:
    """What a client asks for."""

    dialect: Dialect
    operation: Operation
    raw: bytes = field(repr=False)
    body: Mapping[str, object] = field(repr=False)
    """The same, parsed."""
    facts: RequestFacts
    caller: Caller
