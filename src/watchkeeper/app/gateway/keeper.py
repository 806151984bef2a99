"""The process that keeps what a gateway's worker hands it: `python -m watchkeeper.app.gateway.keeper FOLDER`.

It reads pieces of content from its standard input until that ends, which it does with the worker, however
the worker ends; what is in the pipe by then is still kept.
"""

import os
import signal
import sys
from pathlib import Path

from watchkeeper.adapters.clock import SystemClock
from watchkeeper.adapters.content.packs import ContentPacks
from watchkeeper.app.gateway.content_pipe import batches_of
from watchkeeper.domain.errors import WatchkeeperError

_NICENESS = 10
"""Serving never waits for watching (law 7), not for a core either."""
FAILED = 3
"""Exit code where pieces could not be kept."""


def keep(folder: Path) -> int:
    """Keep what comes until the pipe ends; how many pieces could not be kept."""
    # Not synced: what stands in the pipe is not promised to anybody, and syncs would keep only a fraction.
    store = ContentPacks(folder, clock=SystemClock(), synced=False)
    lost = 0
    for pieces in batches_of(sys.stdin.buffer):
        try:
            # The worker redacted them, to know their hashes.
            store.put_many(pieces, redacted=True)
        except WatchkeeperError as failure:
            if lost == 0:
                sys.stderr.write(f"content is not kept: {failure.message}\n")
            lost += len(pieces)
    store.close()
    return lost


def main() -> int:
    """Keep content for the process that started this one."""
    for each in (signal.SIGINT, signal.SIGTERM):
        # A Ctrl-C reaches the whole group; this one ends when its worker has said its last.
        signal.signal(each, signal.SIG_IGN)
    os.nice(_NICENESS)
    return FAILED if keep(Path(sys.argv[1])) else 0


if __name__ == "__main__":
    raise SystemExit(main())
