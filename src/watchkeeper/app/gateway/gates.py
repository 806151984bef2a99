"""The gates before the targets, which outlive a change of settings with who is inside and who waits."""

from watchkeeper.app.settings_targets import TargetSettings
from watchkeeper.gateway.target_gate import GateLimits, TargetGate


class Gates:
    """One gate for each target that is limited; for one event loop."""

    def __init__(self) -> None:
        self._gates: dict[str, TargetGate] = {}

    def of(self, name: str, target: TargetSettings) -> TargetGate | None:
        """The gate of a target under these settings; None where it never had a limit."""
        limits = GateLimits(at_once=target.max_concurrency, queue=target.queue, wait_s=target.queue_wait_s)
        gate = self._gates.get(name)
        if gate is not None:
            gate.change(limits)
        elif target.max_concurrency is not None:
            gate = self._gates[name] = TargetGate(name, limits)
        return gate
