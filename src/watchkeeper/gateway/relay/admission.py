"""Whether a call may be made at all: its rate, and what guards say of its words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from watchkeeper.gateway.guards import NamedGuard, refuse_input
from watchkeeper.gateway.relay.call import Call


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Lets calls in."""

    guards: Mapping[str, Sequence[NamedGuard]] = field(default_factory=dict)
    """What a route's requests are held to, by the route's name."""

    def admit(self, call: Call) -> None:
        """Let a call in.

        Raises:
            GuardRefusedError: A guard of its route refused it.
        """
        guards = self.guards.get(call.destination.name) if call.destination.named else None
        if guards:
            refuse_input(guards, (call.request.facts.text(),))
