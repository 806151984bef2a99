"""`revert`: put the best instructions back as a new version."""

from watchkeeper.coaching.strategies.strategy import Move, Strategy

REVERT = Strategy(
    name="revert", move=Move.RESTORE, wide=False, about="put the best instructions back as a new version"
)
