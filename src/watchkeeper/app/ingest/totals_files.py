"""The totals of cumulative metrics between starts: a file for each keeping, the last three stay.

A keeping is written before the commit that counts on it, and one more may be made while that commit runs; the
one of the three that the store names is right.
"""

from pathlib import Path

import orjson

from watchkeeper.adapters.unwritable import not_writable
from watchkeeper.telemetry.ingest_preparing import Totals
from watchkeeper.telemetry.otlp.cumulative import CumulativeState

_KEPT = 3


def totals_in(folder: Path) -> Totals:
    """The totals kept in a folder, which is made when first needed."""
    return Totals(
        read=lambda number: _read(folder, number), keep=lambda number, state: _keep(folder, number, state)
    )


def _read(folder: Path, number: int) -> CumulativeState:
    try:
        return CumulativeState.load(orjson.loads(_path(folder, number).read_bytes()))
    except (OSError, ValueError, KeyError, TypeError):
        # Lost with a disk, say: every series then begins anew with its next point.
        return CumulativeState()


def _keep(folder: Path, number: int, state: CumulativeState) -> None:
    path = _path(folder, number)
    fresh = path.with_suffix(".new")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(orjson.dumps(state.dump()))
        fresh.replace(path)
        _path(folder, number - _KEPT).unlink(missing_ok=True)
    except OSError as failure:
        raise not_writable(path, failure) from failure


def _path(folder: Path, number: int) -> Path:
    return folder / f"totals-{number}.json"
