"""Which engine keeps telemetry: a file in the data folder, or a ClickHouse by URL."""

from pathlib import Path

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.adapters.clickhouse.telemetry import FRESH_S, ClickHouseTelemetry
from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.app.settings_stores import TelemetrySettings
from watchkeeper.domain.errors import InvalidInputError

TelemetryEngine = DuckDbTelemetry | ClickHouseTelemetry

EMBEDDED = "embedded"
"""What names the data folder's own file in place of a URL."""


def open_telemetry(settings: TelemetrySettings, data_dir: Path) -> TelemetryEngine:
    """Open the engine the settings name; the caller closes it.

    Raises:
        WatchkeeperError: It cannot be opened; a retryable one may be later.
    """
    if settings.url is not None:
        return open_clickhouse(settings.url.get_secret_value())
    return open_embedded(settings, data_dir)


def open_other(name: str, settings: TelemetrySettings, data_dir: Path) -> TelemetryEngine:
    """Open another engine than the one the settings name; the caller closes it.

    Args:
        name: A ClickHouse's URL, or `embedded`.
        settings: Of this server, whose own engine it has open.
        data_dir: The data folder.

    Raises:
        WatchkeeperError: It is the server's own, or cannot be opened.
    """
    own = EMBEDDED if settings.url is None else settings.url.get_secret_value()
    if name == EMBEDDED == own or (
        EMBEDDED not in {name, own} and clickhouse_address(name).named == clickhouse_address(own).named
    ):
        raise InvalidInputError(
            "the store would be copied into itself", action="name another one than `telemetry.url` does"
        )
    # What was put in a moment ago is compared: figures of two seconds ago would be told as differing.
    return open_embedded(settings, data_dir) if name == EMBEDDED else open_clickhouse(name, fresh_s=0)


def open_clickhouse(url: str, *, fresh_s: float = FRESH_S) -> ClickHouseTelemetry:
    """Open the ClickHouse of a URL; the caller closes it.

    Args:
        url: Where it is.
        fresh_s: Figures made within so many seconds are told again.

    Raises:
        WatchkeeperError: The URL is none, or the ClickHouse cannot be used.
    """
    return ClickHouseTelemetry(clickhouse_address(url), fresh_s=fresh_s)


def open_embedded(settings: TelemetrySettings, data_dir: Path) -> DuckDbTelemetry:
    """Open the file in the data folder; the caller closes it.

    Raises:
        WatchkeeperError: Another process has it open, or it cannot be read or written.
    """
    folder = data_dir / "telemetry"
    with told_as_storage(data_dir):
        folder.mkdir(parents=True, exist_ok=True)
    return DuckDbTelemetry(folder / "telemetry.duckdb", memory_mb=settings.duckdb_memory_mb)
