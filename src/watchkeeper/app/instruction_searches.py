"""The searches for instructions that a command may name."""

from collections.abc import Callable, Mapping

from watchkeeper.adapters.gepa_search import gepa_search
from watchkeeper.coaching.instruction_search import InstructionSearch
from watchkeeper.coaching.racing import RacingSearch
from watchkeeper.domain.errors import InvalidInputError

_SEARCHES: Mapping[str, Callable[[], InstructionSearch]] = {"race": RacingSearch, "gepa": gepa_search}


def instruction_search(name: str) -> InstructionSearch:
    """The search of this name.

    Raises:
        InvalidInputError: There is none.
        SettingsError: Its package is not installed.
    """
    if name not in _SEARCHES:
        raise InvalidInputError(
            f"there is no search {name[:60]!r}", action=f"name one of: {', '.join(_SEARCHES)}"
        )
    return _SEARCHES[name]()
