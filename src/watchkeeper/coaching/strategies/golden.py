"""`golden`: leave the instructions, and give golden examples as templates."""

from watchkeeper.coaching.strategies.strategy import Move, Strategy

GOLDEN = Strategy(
    name="golden",
    move=Move.KEEP,
    wide=False,
    about="leave the instructions, and give golden examples as templates",
)
