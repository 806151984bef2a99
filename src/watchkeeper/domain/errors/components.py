"""Errors of a workload's components and chains."""

from watchkeeper.domain.errors import UnavailableError, WatchkeeperError


class ComponentFailedError(WatchkeeperError):
    """A named component of a workload failed; who needs it falls back."""

    code = "component_failed"


class ComponentTooSlowError(ComponentFailedError):
    """A component did not answer within its time limit."""

    code = "component_too_slow"


class ComponentBusyError(ComponentFailedError):
    """A component takes no more: all its places are held by work that is late."""

    code = "component_busy"


class ComponentOutputError(ComponentFailedError):
    """A component answered something that cannot be its answer."""

    code = "component_output"


class NothingServedError(UnavailableError):
    """Every strategy of a chain failed: there is nothing to serve (HE-06)."""

    code = "nothing_served"
