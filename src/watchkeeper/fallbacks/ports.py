"""What fallbacks need from outside: somebody who counts failures."""

from collections.abc import Callable

from watchkeeper.domain.errors import WatchkeeperError

Tell = Callable[[str, WatchkeeperError], None]
"""Told a component's or strategy's name and how it failed, at each failure; it must not raise."""


def untold(name: str, failure: WatchkeeperError) -> None:
    """Tell nobody."""
