"""A switch for components of a workload: dead, slow or answering nonsense, while everything else is real."""

from collections.abc import Callable
from functools import partial
from threading import Event, Lock
from typing import Any


class FaultedError(Exception):
    """What a killed component raises."""


class FaultSwitch:
    """Faults by component's name; thread-safe, and obeyed at the next call, also of a running server.

    >>> switch = FaultSwitch()
    >>> double = switch.around("doubler", lambda n: 2 * n)
    >>> switch.corrupt("doubler", lambda answer: -answer)
    >>> double(4)
    -8
    >>> switch.heal("doubler")
    >>> double(4)
    8
    """

    def __init__(self) -> None:
        self._faults: dict[str, Callable[[Callable[[], Any]], Any]] = {}
        self._healed: dict[str, Event] = {}
        self._lock = Lock()

    def kill(self, name: str) -> None:
        """Every call of the component raises."""
        self._set(name, partial(_raise, name))

    def slow(self, name: str, by_s: float) -> None:
        """Every call of the component takes so many seconds more, or until it is healed."""
        healed = Event()
        self._set(name, partial(_late, healed, by_s), healed)

    def corrupt(self, name: str, into: Callable[[Any], Any]) -> None:
        """Every answer of the component is what `into` makes of it."""
        self._set(name, lambda work: into(work()))

    def heal(self, *names: str) -> None:
        """The components named, or all, work again; what is slow goes on at once."""
        with self._lock:
            for name in names or tuple(self._faults):
                self._faults.pop(name, None)
                healed = self._healed.pop(name, None)
                if healed is not None:
                    healed.set()

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function of a component, with whatever fault is on at its call."""

        def switched(*args: Any, **kwargs: Any) -> Any:
            with self._lock:
                fault = self._faults.get(name)
            work = partial(function, *args, **kwargs)
            return work() if fault is None else fault(work)

        return switched

    def component(self, inner: Any, method: str) -> Any:
        """A component that has a `name`, its method switched and all else as it is."""
        return _Switched(inner, method, self.around(inner.name, getattr(inner, method)))

    def _set(self, name: str, fault: Callable[[Callable[[], Any]], Any], healed: Event | None = None) -> None:
        self.heal(name)
        with self._lock:
            self._faults[name] = fault
            if healed is not None:
                self._healed[name] = healed


class _Switched:
    def __init__(self, inner: Any, method: str, switched: Callable[..., Any]) -> None:
        self._inner = inner
        setattr(self, method, switched)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


def _raise(name: str, _work: Callable[[], Any]) -> Any:
    raise FaultedError(f"{name} is switched off")


def _late(healed: Event, by_s: float, work: Callable[[], Any]) -> Any:
    healed.wait(by_s)
    return work()
