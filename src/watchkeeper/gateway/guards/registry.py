"""Every kind of guard, by name: settings build from here, and tests find every kind here."""

from collections.abc import Mapping
from types import MappingProxyType

from watchkeeper.gateway.guards.forbidden_patterns import FORBIDDEN_PATTERNS
from watchkeeper.gateway.guards.guard import GuardKind
from watchkeeper.gateway.guards.json_schema import JSON_SCHEMA
from watchkeeper.gateway.guards.length import LENGTH

KINDS: Mapping[str, GuardKind] = MappingProxyType(
    {kind.name: kind for kind in (LENGTH, FORBIDDEN_PATTERNS, JSON_SCHEMA)}
)
