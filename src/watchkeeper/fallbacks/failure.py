"""An exception of a component as an error of the one table."""

from watchkeeper.domain.errors import WatchkeeperError
from watchkeeper.domain.errors.components import ComponentFailedError


def failure_of(component: str, defect: Exception) -> WatchkeeperError:
    """What a component raised, as an error: ours as it is, any other as that component's failure.

    It is of no other kind than that: an exception nobody knows says nothing about databases (HE-07). Its
    message stays out, for it may hold what a user wrote.

    >>> failure_of("graph", KeyError("secret")).message
    "component 'graph' failed with KeyError"
    """
    if isinstance(defect, WatchkeeperError):
        return defect
    failure = ComponentFailedError(
        f"component {component!r} failed with {type(defect).__name__}",
        action="its trace and log say where; other components go on",
    )
    failure.__cause__ = defect
    return failure
