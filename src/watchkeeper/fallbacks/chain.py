"""A chain of strategies: the highest number first, the next one where it fails (HE-05, HE-06, X4)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from watchkeeper.domain.errors import ErrorTier, InvalidInputError, WatchkeeperError
from watchkeeper.domain.errors.components import NothingServedError
from watchkeeper.fallbacks.failure import failure_of
from watchkeeper.fallbacks.ports import Tell, untold

A = TypeVar("A")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Strategy(Generic[A, R]):
    """One way to an answer."""

    name: str
    priority: int
    """The highest number runs first."""
    run: Callable[[A], R]
    """Any exception is this strategy's failure, except `InvalidInputError`: no other way helps then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served(Generic[R]):
    """An answer, and who gave it."""

    result: R
    strategy: str
    failures: tuple[tuple[str, WatchkeeperError], ...] = ()
    """The strategies that failed before, in their order, and how."""

    @property
    def is_fallback(self) -> bool:
        """Whether a better strategy should have answered."""
        return bool(self.failures)

    @property
    def tier(self) -> ErrorTier | None:
        """What was taken from the user: a fallback is of tier HIGH (HE-02); None is nothing."""
        return ErrorTier.HIGH if self.failures else None

    @property
    def reason(self) -> str | None:
        """Why a fallback answered; None where none did."""
        return "; ".join(f"{name}: {failure.message}" for name, failure in self.failures) or None


class FallbackChain(Generic[A, R]):
    """Strategies in the order of their priorities; thread-safe where they are.

    Args:
        name: What it answers, for messages.
        strategies: At least one; names and priorities may not repeat.
        tell: Told each failure of a strategy.

    Raises:
        ValueError: There is no strategy, or a name or priority comes twice.

    >>> chain = FallbackChain("it", [Strategy("plain", 1, str), Strategy("divided", 2, lambda n: 1 / n)])
    >>> chain.run(2).strategy, chain.run(0).strategy, chain.run(0).reason
    ('divided', 'plain', "divided: component 'divided' failed with ZeroDivisionError")
    """

    def __init__(self, name: str, strategies: Iterable[Strategy[A, R]], *, tell: Tell = untold) -> None:
        self._name = name
        self._tell = tell
        self.strategies = tuple(sorted(strategies, key=lambda one: -one.priority))
        """As they are tried."""
        for what in ([one.name for one in self.strategies], [one.priority for one in self.strategies]):
            if not what or len(set(what)) < len(what):
                raise ValueError(f"a chain needs strategies of different names and priorities, not {what}")

    def run(self, asked: A) -> Served[R]:
        """The answer of the first strategy that gives one.

        Raises:
            InvalidInputError: What was asked is wrong, whoever answers.
            NothingServedError: Every strategy failed; the message says of each how.
        """
        failures: list[tuple[str, WatchkeeperError]] = []
        for strategy in self.strategies:
            try:
                result = strategy.run(asked)
            except InvalidInputError:
                raise
            except Exception as defect:  # noqa: BLE001 - a strategy ends here: told, and the next one runs
                failure = failure_of(strategy.name, defect)
                failures.append((strategy.name, failure))
                self._tell(strategy.name, failure)
            else:
                return Served(result=result, strategy=strategy.name, failures=tuple(failures))
        told = "; ".join(f"{name}: {failure.message}" for name, failure in failures)
        raise NothingServedError(
            f"nothing could answer {self._name}: {told}",
            action="ask again in a moment; the health page says which component is down",
        )
