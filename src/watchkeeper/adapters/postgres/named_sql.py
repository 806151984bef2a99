"""SQL stands in files beside this one and is loaded by name."""

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> bytes:
    """The SQL of `sql/<name>.sql`, such as `documents/add`.

    Raises:
        FileNotFoundError: There is no such file: a mistake in the code.
    """
    path = files("watchkeeper.adapters.postgres").joinpath("sql", *f"{name}.sql".split("/"))
    return path.read_bytes()
