"""The engine behind `ClickHouseDoor`: each query on a connection of its own to one `chdb`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

_INSERT = re.compile(rb"\s*(INSERT\s+INTO\s.+?)\s+FORMAT\s+(\w+)\s*?(?:\n|$)", re.IGNORECASE | re.DOTALL)
"""An insert whose rows follow, in a format; not one that selects them."""
_FORMAT = re.compile(r"\bFORMAT\s+(\w+)\s*$", re.IGNORECASE)
_CODE = re.compile(r"Code: (\d+)\. DB::Exception: ")
_INSERT_HEAD_BYTES = 16_384
"""Within these an insert says its format."""
_UNKNOWN_SETTING = 115


class EngineError(Exception):
    """The engine refused or failed, with ClickHouse's own code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorQuery:
    """A query as a request asks it."""

    sql: str
    format: str
    """Of the reply, or of the rows."""
    rows: bytes | None
    """What an insert puts in; None for other queries."""
    database: str
    settings: Mapping[str, str]
    params: Mapping[str, str]
    read_only: bool

    @classmethod
    def of(
        cls,
        asked: str,
        body: bytes,
        *,
        database: str,
        settings: Mapping[str, str],
        params: Mapping[str, str],
        read_only: bool,
    ) -> Self:
        """Read a request: the query is in the address, the body, or begins in one and ends in the other."""
        whole = asked.encode() + (b"\n" if asked and body else b"") + body
        found = _INSERT.match(whole[:_INSERT_HEAD_BYTES])
        rows = None if found is None else whole[found.end() :]
        if found is not None:
            sql, reply = found[1].decode(), found[2].decode()
        else:
            sql = whole.decode()
            named = _FORMAT.search(sql)
            reply = named[1] if named else "TabSeparated"
        return cls(
            sql=sql,
            format=reply,
            rows=rows,
            database=database,
            settings=settings,
            params=params,
            read_only=read_only,
        )


class DoorEngine:
    """One `chdb`, which any thread may ask; nothing is left over from one query to the next."""

    def __init__(self, folder: Path) -> None:
        """Open the folder, making it when it is not there."""
        from chdb import session

        open_one: Any = session.Session
        self._connect: Any = lambda: open_one(str(folder))
        # The engine ends with its last connection, and opens anew with the next: half a second.
        self._kept = self._connect()

    def run(self, query: DoorQuery) -> tuple[bytes, int]:
        """The reply in the format asked for, and how many rows were put in.

        Raises:
            EngineError: It refused or failed.
        """
        session = self._connect()
        try:
            session.query(f"USE {_quoted(query.database)}")
            for name, value in query.settings.items():
                session.query(f"SET {_setting(name)} = {_text(value)}")
            if query.read_only:
                session.query("SET readonly = 1")
            if query.rows is None:
                found = session.query(query.sql, query.format, params=dict(query.params) or None)
                return bytes(found.bytes() or b""), 0
            inserter = session.send_insert(query.sql, query.format)
            if query.rows:
                inserter.append(query.rows)
            return b"", int(inserter.finish().rows_written)
        except RuntimeError as failure:
            raise _told(failure) from failure
        finally:
            session.close()


def _told(failure: Exception) -> EngineError:
    text = str(failure)
    found = _CODE.search(text)
    if found is None:
        return EngineError(1002, text)
    return EngineError(int(found[1]), text[found.end() :])


def _setting(name: str) -> str:
    if not re.fullmatch(r"\w+", name):
        raise EngineError(_UNKNOWN_SETTING, f"Unknown setting {name!r}")
    return name


def _quoted(name: str) -> str:
    return "`" + name.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _text(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
