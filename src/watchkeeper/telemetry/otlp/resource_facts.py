"""What a resource says of all that comes from it."""

from dataclasses import dataclass, field

from opentelemetry.proto.resource.v1.resource_pb2 import Resource

from watchkeeper.telemetry.otlp.any_value import plain_attributes, text_of

DEFAULT_WORKLOAD = "default"
"""Whose rows are that name nobody (law 11)."""
MOST_NAME_CHARACTERS = 512
_WORKLOAD = "watchkeeper.workload"
_SERVICE = "service.name"
_UNKNOWN_SERVICE = "unknown_service"
"""How SDKs name a service that was given no name; it says nothing."""
_COLUMNS = {
    "watchkeeper.run": "run_id",
    "watchkeeper.item": "item_id",
    "watchkeeper.agent": "agent",
    "watchkeeper.release": "release",
    "watchkeeper.component": "component",
}
_KEPT = (
    "service.namespace",
    "service.version",
    "service.instance.id",
    "deployment.environment.name",
    "deployment.environment",
    "host.name",
)


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """One resource, read once for all its rows."""

    workload: str
    columns: dict[str, object] = field(default_factory=dict)
    """What its rows hold where they do not say otherwise."""
    kept: dict[str, object] = field(default_factory=dict)
    """What goes among the attributes of its rows."""


def resource_facts(resource: Resource) -> ResourceFacts:
    """Read a resource."""
    said = plain_attributes(resource.attributes)
    service = text_of(said.get(_SERVICE))
    named = None if service is None or service.startswith(_UNKNOWN_SERVICE) else service
    workload = text_of(said.get(_WORKLOAD)) or named or DEFAULT_WORKLOAD
    kept = {name: said[name] for name in _KEPT if name in said}
    if named is not None and named != workload:
        kept[_SERVICE] = named
    columns = {column: said[name] for name, column in _COLUMNS.items() if said.get(name) not in (None, "")}
    return ResourceFacts(workload[:MOST_NAME_CHARACTERS], columns, kept)
