"""`maintain`: leave the instructions as they are."""

from watchkeeper.coaching.strategies.strategy import Move, Strategy

MAINTAIN = Strategy(name="maintain", move=Move.KEEP, wide=False, about="leave the instructions as they are")
