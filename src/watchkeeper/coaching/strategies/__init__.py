"""The strategies of coaching, a file each."""

from watchkeeper.coaching.strategies.registry import strategy, strategy_names

__all__ = ["strategy", "strategy_names"]
