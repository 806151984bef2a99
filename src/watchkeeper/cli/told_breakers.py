"""The breakers' states as running gateways tell them, for commands that do without where none runs."""

from collections.abc import Mapping
from contextlib import ExitStack

from watchkeeper.app.discovery import ready_server
from watchkeeper.cli.connect import connect
from watchkeeper.cli.invocation import Invocation
from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.gateway.circuit_breaker import BreakerState


def told_breakers(call: Invocation) -> "Mapping[str, BreakerState] | None":
    """The states by target, of several workers the worst; None where no gateway tells any.

    No server is started for it: a gateway that runs has told one, or nobody could ask.
    """
    if call.server is None and ready_server(call.data_dir) is None:
        return None
    with ExitStack() as stack:
        try:
            found = stack.enter_context(connect(call)).get("/gateway")
        except WatchkeeperError:
            return None
    states = {one["target"]: BreakerState(one["state"]) for one in found["breakers"] if one["state"]}
    return states or None
