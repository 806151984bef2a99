"""The gates before the targets, which outlive a change of settings with who is inside and who waits."""

from watchkeeper.gateway.target_gate import GateLimits, TargetGate


class Gates:
    """One gate for each target that is limited; for one event loop."""

    def __init__(self) -> None:
        self._gates: dict[str, TargetGate] = {}

    def of(self, name: str, limits: GateLimits) -> TargetGate | None:
        """The gate of a target under these limits; None where it never had one."""
        gate = self._gates.get(name)
        if gate is not None:
            gate.change(limits)
        elif limits.at_once is not None:
            gate = self._gates[name] = TargetGate(name, limits)
        return gate
