"""A call with a body, as it came in and was checked."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from watchkeeper.gateway.dialects import Dialect, Operation, RequestFacts
from watchkeeper.gateway.relay.caller import Caller
from watchkeeper.gateway.relay.terms import OVER_HTTP, Terms


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
    terms: Terms = OVER_HTTP

    def with_prompt(self, sha256: str) -> "ClientRequest":
        """The same, whose body is kept under this hash already."""
        return replace(self, terms=replace(self.terms, prompt_sha256=sha256))
