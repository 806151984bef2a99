"""Bringing up the engines beside the answering server, and taking them down after it."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

from watchkeeper.app.loops import Loop
from watchkeeper.app.server_state import ServerState
from watchkeeper.app.services import Services
from watchkeeper.domain.errors import WatchkeeperError

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class OpenEngines:
    """Engines that are up, with what stands on them."""

    services: Services
    loops: tuple[Loop, ...]
    close: Callable[[], None]


OpenEnginesOf = Callable[[ServerState], OpenEngines]
"""Opens the engines of a server, telling its readiness about each.

It raises `WatchkeeperError`; a retryable one is tried again.
"""


class Engines:
    """The engines of one server, owned by a thread that opens them."""

    def __init__(
        self, state: ServerState, open_engines: OpenEnginesOf, *, give_up: Callable[[WatchkeeperError], None]
    ) -> None:
        """Name what to open.

        Args:
            state: The server.
            open_engines: Opens them.
            give_up: Told when they can never be opened.
        """
        self._state = state
        self._open_engines = open_engines
        self._give_up = give_up
        self._stopping = Event()
        self._opened: OpenEngines | None = None
        self._thread = Thread(target=self._run, name="engines", daemon=True)

    def start(self) -> None:
        """Begin opening them."""
        self._thread.start()

    def stop(self) -> None:
        """Turn every loop a last time, then close the engines; blocks until that is done."""
        self._stopping.set()
        self._thread.join()
        self._state.services = None
        if self._opened is None:
            return
        for loop in self._opened.loops:
            if not loop.stop():
                self._state.log.error("a loop did not end in time", loop=loop.name)
        self._opened.close()
        self._opened = None

    def _run(self) -> None:
        pause_s = _FIRST_PAUSE_S
        while not self._stopping.is_set():
            try:
                self._opened = self._open_engines(self._state)
            except WatchkeeperError as failure:
                self._state.log.error("engines failed to start", error=failure.body())
                if not failure.retryable:
                    self._give_up(failure)
                    return
            except Exception as failure:  # the job of opening engines ends here
                self._state.log.error("engines failed to start", exc_info=failure)
                self._give_up(_unexpected(failure))
                return
            else:
                self._begin(self._opened)
                return
            self._stopping.wait(pause_s)
            pause_s = min(pause_s * 2, _LONGEST_PAUSE_S)

    def _begin(self, opened: OpenEngines) -> None:
        self._state.services = opened.services
        for loop in opened.loops:
            loop.start()
        self._state.readiness.look_again()


def _unexpected(failure: Exception) -> WatchkeeperError:
    return WatchkeeperError(
        f"the engines failed to start: {type(failure).__name__}: {failure}",
        action="look into `<data>/logs/server.jsonl`",
    )
