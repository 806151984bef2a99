"""`golden`: leave the instructions of an agent that is as good as it gets.

Golden examples as templates are for readers that are models; those that ship take none, and nothing is given.
"""

from watchkeeper.coaching.strategies.strategy import Move, Strategy

GOLDEN = Strategy(
    name="golden",
    move=Move.KEEP,
    wide=False,
    about="leave the instructions as they are; no golden example is given as a template yet",
)
