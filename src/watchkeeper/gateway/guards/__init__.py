"""Guards: rules over the words of requests and answers, each kind a file, found in the registry."""

from watchkeeper.gateway.guards.checking import refuse_input, reject_output
from watchkeeper.gateway.guards.guard import Guard, GuardExample, GuardKind, NamedGuard, Side
from watchkeeper.gateway.guards.registry import KINDS

__all__ = [
    "KINDS",
    "Guard",
    "GuardExample",
    "GuardKind",
    "NamedGuard",
    "Side",
    "refuse_input",
    "reject_output",
]
