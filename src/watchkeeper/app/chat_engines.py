"""The baseline engines of installed workloads that answer chats over HTTP."""

from collections.abc import Mapping

from watchkeeper.app.configured_routes import configured_routes
from watchkeeper.app.settings import Settings
from watchkeeper.app.workload import Workload, workloads
from watchkeeper.gateway.ports import ChatEngine
from watchkeeper.gateway.relay.last_resort import Engines
from watchkeeper.gateway.routes import BASELINE_TIER


def chat_engines(settings: Settings) -> Engines:
    """Those of every workload; none are looked for where no route has the tier.

    Raises:
        WorkloadBrokenError: An installed workload cannot be loaded.
    """
    if not any(BASELINE_TIER in route.names for route in configured_routes(settings).values()):
        return {}
    return engines_of(workloads())


def engines_of(found: Mapping[str, Workload]) -> Engines:
    """The engines of these workloads, in their order."""
    return {
        name: tuple(one for one in workload.baseline_engines().values() if isinstance(one, ChatEngine))
        for name, workload in found.items()
    }
