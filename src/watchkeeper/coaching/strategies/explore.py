"""`explore`: add to the instructions or turn them: other labels first, other parts of the report."""

from watchkeeper.coaching.strategies.strategy import Move, Strategy

EXPLORE = Strategy(
    name="explore",
    move=Move.CHANGE,
    wide=True,
    about="add to the instructions or turn them: other labels first, other parts of the report",
)
