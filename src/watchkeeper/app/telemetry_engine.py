"""Which engine keeps telemetry: a file in the data folder, or a ClickHouse by URL."""

from pathlib import Path

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.adapters.clickhouse.telemetry import ClickHouseTelemetry
from watchkeeper.adapters.duckdb.telemetry import DuckDbTelemetry
from watchkeeper.adapters.unwritable import told_as_storage
from watchkeeper.app.settings import TelemetrySettings

TelemetryEngine = DuckDbTelemetry | ClickHouseTelemetry


def open_telemetry(settings: TelemetrySettings, data_dir: Path) -> TelemetryEngine:
    """Open the engine the settings name; the caller closes it.

    Raises:
        WatchkeeperError: It cannot be opened; a retryable one may be later.
    """
    if settings.url is not None:
        return open_clickhouse(settings.url.get_secret_value())
    return open_embedded(settings, data_dir)


def open_clickhouse(url: str) -> ClickHouseTelemetry:
    """Open the ClickHouse of a URL; the caller closes it.

    Raises:
        WatchkeeperError: The URL is none, or the ClickHouse cannot be used.
    """
    return ClickHouseTelemetry(clickhouse_address(url))


def open_embedded(settings: TelemetrySettings, data_dir: Path) -> DuckDbTelemetry:
    """Open the file in the data folder; the caller closes it.

    Raises:
        WatchkeeperError: Another process has it open, or it cannot be read or written.
    """
    folder = data_dir / "telemetry"
    with told_as_storage(data_dir):
        folder.mkdir(parents=True, exist_ok=True)
    return DuckDbTelemetry(folder / "telemetry.duckdb", memory_mb=settings.duckdb_memory_mb)
