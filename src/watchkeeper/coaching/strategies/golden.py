"""`golden`: give an answer that is golden along with the instructions, as a template.

A reader that is a model is shown what was printed and what was read from it. The readers that ship go by
words and places and take no example: they read as before.
"""

from watchkeeper.coaching.strategies.strategy import Move, Strategy

GOLDEN = Strategy(
    name="golden",
    move=Move.EXEMPLIFY,
    wide=False,
    about="give a golden answer along as examples, which readers that are models are shown",
)
