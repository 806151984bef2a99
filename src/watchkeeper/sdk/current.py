"""The handle that module-level functions and decorators act on: the one `init` made last, in this process."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from watchkeeper.sdk.handle import Handle


class _Current:
    """Looked up at each call: decorators stand in modules that are imported before `init` is called."""

    __slots__ = ("__weakref__", "handle")

    def __init__(self) -> None:
        self.handle: Handle | None = None


CURRENT = _Current()
