"""A bar for a copy that the server runs, on the error stream; none where nobody looks."""

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from watchkeeper.domain.errors import WatchkeeperError

_EVERY_S = 1.0


@contextmanager
def copy_progress(look: Callable[[], Mapping[str, Any]], *, quiet: bool) -> Iterator[None]:
    """Show how far it is while the block runs.

    Args:
        look: Asks the server how far it is.
        quiet: Show nothing.
    """
    if quiet or not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("copying rows"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    done = Event()
    with Progress(*columns, console=Console(file=sys.stderr)) as bar:
        task = bar.add_task("", total=None)

        def follow() -> None:
            while not done.wait(_EVERY_S):
                try:
                    found = look()
                except WatchkeeperError:
                    # The copy itself says what is wrong.
                    continue
                # Rows of other kinds are not counted beforehand: the bar grows with them.
                bar.update(task, completed=found["rows"], total=max(found["rows"], found["spans"]))

        follower = Thread(target=follow, name="copy-progress", daemon=True)
        follower.start()
        try:
            yield
        finally:
            done.set()
            follower.join()
