"""Settings of what is kept: state, telemetry, contents, receipts."""

from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.app.settings_section import Section, refused
from watchkeeper.domain.errors import InvalidInputError


class PostgresSettings(Section):
    """Where state is kept."""

    url: SecretStr | None = Field(
        default=None,
        description="A PostgreSQL to use, `postgresql://…`. Null: the embedded one in the data folder.",
    )

    @field_validator("url")
    @classmethod
    def _is_a_postgres_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and urlsplit(url.get_secret_value()).scheme not in ("postgresql", "postgres"):
            raise refused("it is not a PostgreSQL URL", "write `postgresql://user:password@host:5432/name`")
        try:
            # Reading the port checks it; the message of its failure would hold the URL.
            _ = None if url is None else urlsplit(url.get_secret_value()).port
        except ValueError:
            raise refused(
                "its port is no number from 0 to 65535", "write the port as in `host:5432`"
            ) from None
        return url


class TelemetrySettings(Section):
    """The telemetry store."""

    url: SecretStr | None = Field(
        default=None,
        description="A ClickHouse to use, `clickhouse://user:password@host:8123/database`, or "
        "`clickhouses://…` where it speaks TLS. Null: the embedded DuckDB in the data folder.",
    )
    duckdb_memory_mb: int = Field(
        default=256, ge=64, description="Memory the embedded telemetry engine may use, in MB."
    )
    retention_days: int | None = Field(
        default=None,
        ge=1,
        description="Days that calls, points, logs and the rest are kept in the embedded engine, today "
        "included, whole days of UTC. Null: for ever.",
    )
    max_bytes: int | None = Field(
        default=None,
        ge=1 << 20,
        description="Bytes the embedded engine may take on the disk: beyond, the oldest days go. Null: any.",
    )
    archive: bool = Field(
        default=True, description="Write days that are let go of as Parquet first, a folder a day."
    )
    archive_folder: Path | None = Field(
        default=None, description="Where to; null: `telemetry/archive` in the data folder."
    )

    @field_validator("url")
    @classmethod
    def _is_a_clickhouse_url(cls, url: SecretStr | None) -> SecretStr | None:
        try:
            _ = None if url is None else clickhouse_address(url.get_secret_value())
        except InvalidInputError as problem:
            raise refused(problem.message, problem.action) from None
        return url


class ContentSettings(Section):
    """Stored requests and replies."""

    retention_days: int = Field(default=30, ge=1, description="Days that requests and replies are kept.")
    opt_out: tuple[str, ...] = Field(
        default=(), description="Workloads whose requests and replies are not kept."
    )
    max_bytes: int | None = Field(
        default=None, ge=1, description="Bytes on disk beyond which the oldest content goes; empty: no limit."
    )
    archive_folder: Path | None = Field(
        default=None,
        description="Folder that old content is moved to, in whole packs; empty: it is deleted. "
        "A pack moved back into `<data>/content/packs` is content again.",
    )


class ReceiptSettings(Section):
    """The receipt files."""

    max_file_bytes: int = Field(
        default=64_000_000,
        ge=4096,
        description="A receipt file this long, in bytes, is followed by a new one.",
    )
