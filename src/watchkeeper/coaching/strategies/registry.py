"""Every strategy by its name."""

from watchkeeper.coaching.strategies.explore import EXPLORE
from watchkeeper.coaching.strategies.golden import GOLDEN
from watchkeeper.coaching.strategies.maintain import MAINTAIN
from watchkeeper.coaching.strategies.refine import REFINE
from watchkeeper.coaching.strategies.revert import REVERT
from watchkeeper.coaching.strategies.strategy import Strategy
from watchkeeper.domain.errors import InvalidInputError

_ALL = {one.name: one for one in (EXPLORE, REFINE, MAINTAIN, REVERT, GOLDEN)}


def strategy_names() -> tuple[str, ...]:
    """The names, in the order people know them."""
    return tuple(_ALL)


def strategy(name: str) -> Strategy:
    """The strategy of this name.

    Raises:
        InvalidInputError: There is none.
    """
    try:
        return _ALL[name]
    except KeyError:
        raise InvalidInputError(
            f"there is no strategy {name!r}", action=f"name one of {', '.join(_ALL)}"
        ) from None
