"""Where a ClickHouse is: `clickhouse://user:password@host:8123/database`."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from watchkeeper.domain.errors import InvalidInputError

SCHEME = "clickhouse"
TLS_SCHEME = "clickhouses"
_PORT = 8123
_TLS_PORT = 8443
_OPTIONS = frozenset({"verify", "ca_cert"})
_EXAMPLE = "write it as clickhouse://user:password@host:8123/database, or clickhouses:// where it speaks TLS"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickHouseAddress:
    """The parts of a URL; the password is never printed."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    database: str
    tls: bool
    verify: bool = True
    """Whether the server's certificate is checked."""
    ca_cert: str | None = None
    """A file with the authority that signed it; None for those the machine trusts."""

    @property
    def named(self) -> str:
        """The address without its secret."""
        return f"{self.host}:{self.port}/{self.database}"


def clickhouse_address(url: str) -> ClickHouseAddress:
    """Read a URL.

    Raises:
        InvalidInputError: It is none of a ClickHouse; the message never tells the password.

    >>> clickhouse_address("clickhouse://wk:secret@db.example/telemetry")
    ClickHouseAddress(host='db.example', port=8123, user='wk', database='telemetry', tls=False, \
verify=True, ca_cert=None)
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise InvalidInputError("a ClickHouse's URL has a port that is no number", action=_EXAMPLE) from None
    if parts.scheme not in {SCHEME, TLS_SCHEME}:
        raise InvalidInputError(
            f"a ClickHouse's URL begins with clickhouse://, not {parts.scheme!r}", action=_EXAMPLE
        )
    if not parts.hostname:
        raise InvalidInputError("a ClickHouse's URL names no host", action=_EXAMPLE)
    database = unquote(parts.path.removeprefix("/"))
    if not database or "/" in database or "`" in database or "\\" in database:
        raise InvalidInputError(
            f"a ClickHouse's URL names one database after the host, not {database!r}", action=_EXAMPLE
        )
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(set(options) - _OPTIONS)
    if unknown or options.get("verify", "true") not in {"true", "false"}:
        raise InvalidInputError(
            f"a ClickHouse's URL has options that are not known: {', '.join(unknown) or 'verify'}",
            action="only ?verify=false and ?ca_cert=/path/to/file are known, of clickhouses://",
        )
    tls = parts.scheme == TLS_SCHEME
    return ClickHouseAddress(
        host=parts.hostname,
        port=port or (_TLS_PORT if tls else _PORT),
        user=unquote(parts.username or "default"),
        password=unquote(parts.password or ""),
        database=database,
        tls=tls,
        verify=options.get("verify", "true") == "true",
        ca_cert=options.get("ca_cert"),
    )
