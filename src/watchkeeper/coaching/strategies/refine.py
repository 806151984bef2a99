"""`refine`: add what the errors show to what is there, and take nothing away."""

from watchkeeper.coaching.strategies.strategy import Move, Strategy

REFINE = Strategy(
    name="refine",
    move=Move.CHANGE,
    wide=False,
    about="add what the errors show to what is there, and take nothing away",
)
