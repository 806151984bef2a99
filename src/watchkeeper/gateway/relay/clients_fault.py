"""Failures that are the request's own: another target would say the same."""

from watchkeeper.domain.errors import TargetRefusedError, WatchkeeperError

STATUSES = frozenset({400, 413, 422})
"""By which a provider says that the request itself is wrong."""


def is_clients_fault(error: WatchkeeperError) -> bool:
    """Whether a provider has called the request itself wrong."""
    return isinstance(error, TargetRefusedError) and error.http_status in STATUSES
