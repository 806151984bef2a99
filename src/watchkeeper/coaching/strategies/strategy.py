"""What a strategy is."""

from dataclasses import dataclass
from enum import StrEnum


class Move(StrEnum):
    """What a strategy does with an agent's instructions."""

    CHANGE = "change"
    """Look for one change that helps."""
    RESTORE = "restore"
    """Put back the best there was."""
    EXEMPLIFY = "exemplify"
    """Give what was read right along as examples."""
    KEEP = "keep"
    """Leave them as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategy:
    """A way of going on with an agent."""

    name: str
    move: Move
    wide: bool = False
    """Whether a change may take away or turn what is there, besides adding to it."""
    about: str
    """For people."""
