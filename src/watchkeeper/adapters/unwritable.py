"""What an operating system's refusal to write means to a person."""

import errno
import os
from pathlib import Path

from watchkeeper.domain.errors import StorageFullError


def not_writable(path: Path, failure: OSError) -> StorageFullError:
    """The error of a disk that takes nothing more, or of a folder that is not ours to write."""
    why = os.strerror(failure.errno) if failure.errno else str(failure)
    full = failure.errno in {errno.ENOSPC, errno.EDQUOT}
    return StorageFullError(
        f"cannot write {path}: {why}",
        action="free some disk space" if full else f"make the folder {path.parent} writable",
    )
