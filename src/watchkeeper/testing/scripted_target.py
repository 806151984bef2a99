"""A model target without a model: it answers from a script and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterable

from watchkeeper.domain.call import ModelCall, Reply
from watchkeeper.domain.errors import TargetServerError, WatchkeeperError

Step = Reply | WatchkeeperError | Callable[[ModelCall], Reply]
"""A reply to give, an error to raise, or a function that makes either of the call."""


class ScriptedTarget:
    """A `Target` (see `watchkeeper.gateway.ports`) that takes one step of its script a call.

    After its last step it fails with `TargetServerError`: a test that asks more often than it says
    is told so. With `then` given, that step is taken for every further call.

    >>> target = ScriptedTarget([Reply(model="tiny", text="hello")])
    >>> target.send(ModelCall(workload="demo", target="scripted")).text
    'hello'
    """

    def __init__(
        self,
        script: Iterable[Step] = (),
        *,
        name: str = "scripted",
        provider: str = "scripted",
        model: str = "scripted-1",
        release: str | None = None,
        then: Step | None = None,
    ) -> None:
        self.name = name
        self.provider = provider
        self.model = model
        self.release = release
        self._script = list(script)
        self._then = then
        self._calls: list[ModelCall] = []
        self._lock = threading.Lock()

    @property
    def calls(self) -> tuple[ModelCall, ...]:
        """Every call it was sent, in order."""
        with self._lock:
            return tuple(self._calls)

    def send(self, call: ModelCall, /) -> Reply:
        """Take the next step of the script.

        Raises:
            WatchkeeperError: The step says so, or the script is at its end.
        """
        with self._lock:
            self._calls.append(call)
            step = self._script.pop(0) if self._script else self._then
        if step is None:
            raise TargetServerError(f"the script of {self.name!r} is at its end", action="give it more steps")
        if isinstance(step, WatchkeeperError):
            raise step
        return step if isinstance(step, Reply) else step(call)
