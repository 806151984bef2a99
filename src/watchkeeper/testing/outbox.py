"""Letters in memory, and channels that record, hang or fail as told."""

from threading import Event
from typing import Literal

from watchkeeper.monitoring.notification.channel import ChannelError
from watchkeeper.monitoring.notification.letter import Letter
from watchkeeper.monitoring.notification.memory_outbox import InMemoryOutbox

__all__ = ["FakeChannel", "InMemoryOutbox", "Manner"]

Manner = Literal["takes", "fails", "hangs"]


class FakeChannel:
    """A `Channel` that takes letters, fails or hangs as told."""

    def __init__(self, manner: Manner = "takes") -> None:
        self.manner: Manner = manner
        self.taken: list[Letter] = []
        self.tries = 0
        self._let_go = Event()

    def send(self, letter: Letter) -> None:
        """See `Channel.send`."""
        self.tries += 1
        if self.manner == "hangs":
            self._let_go.wait()
            return
        if self.manner == "fails":
            raise ChannelError("it answered 500")
        self.taken.append(letter)

    def let_go(self) -> None:
        """End all sends that hang."""
        self._let_go.set()
