"""A machine that is as full as told."""

from collections.abc import Sequence

from watchkeeper.monitoring.host.resource import Kind, Resource


class ToldMachine:
    """A `HostReader` whose resources are set by hand."""

    def __init__(self, *resources: Resource) -> None:
        self.told: list[Resource] = list(resources)

    def resources(self) -> Sequence[Resource]:
        """See `HostReader.resources`."""
        return tuple(self.told)


def full(kind: Kind, share: float | None, *, name: str = "") -> Resource:
    """A resource that is so full; None is no data."""
    return Resource(kind=kind, name=name, used=share, whole=1.0, unit="1")
