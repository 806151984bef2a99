"""An agent that a request names, looked for among those its workload brings."""

from watchkeeper.app.server_state import ServerState
from watchkeeper.domain.errors import NotFoundError


def require_agent(state: ServerState, workload: str, agent: str) -> None:
    """See that the workload brings the agent; one that brings none, or is not known, takes any name.

    Raises:
        NotFoundError: It brings others. An order for it would wait for a round that never comes.
    """
    brought = state.workloads.get(workload)
    known = brought.agents() if brought is not None else {}
    if known and agent not in known:
        raise NotFoundError(
            f"{workload} has no agent {agent[:60]!r}", action=f"name one of {', '.join(sorted(known))}"
        )
