"""Whether the server is ready, part by part, with the reason where it is not."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from threading import Condition


class PartState(StrEnum):
    """How a part of the server is."""

    STARTING = "starting"
    READY = "ready"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the server."""

    state: PartState
    reason: str = ""
    """Why it is not ready."""
    needed: bool = True
    """Whether the server counts as ready only with it."""


class Readiness:
    """The parts of a server; any thread may tell or ask."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._parts: dict[str, Part] = {}

    def expect(self, name: str, reason: str, *, needed: bool = True) -> None:
        """A part that is on its way."""
        with self._changed:
            self._parts[name] = Part(PartState.STARTING, reason, needed)
            self._changed.notify_all()

    def ready(self, name: str) -> None:
        """A part works."""
        with self._changed:
            needed = self._parts[name].needed
            self._parts[name] = Part(PartState.READY, needed=needed)
            self._changed.notify_all()

    def failed(self, name: str, reason: str) -> None:
        """A part does not work."""
        with self._changed:
            needed = self._parts[name].needed
            self._parts[name] = Part(PartState.FAILED, reason, needed)
            self._changed.notify_all()

    def parts(self) -> Mapping[str, Part]:
        """Every part by name."""
        with self._changed:
            return dict(self._parts)

    def reasons(self) -> tuple[str, ...]:
        """Why the server is not ready; empty when it is."""
        return tuple(
            f"{name}: {part.reason or part.state}"
            for name, part in self.parts().items()
            if part.needed and part.state is not PartState.READY
        )

    def wait(self, is_over: Callable[[], bool], *, within_s: float) -> bool:
        """Wait until a condition on the parts holds; whether it did in time.

        Args:
            is_over: The condition, asked whenever a part changes.
            within_s: Seconds to wait at most.
        """
        with self._changed:
            return self._changed.wait_for(is_over, within_s)

    def look_again(self) -> None:
        """Have those who wait ask their condition again, for a change that is no part's."""
        with self._changed:
            self._changed.notify_all()
