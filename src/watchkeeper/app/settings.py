"""Settings: one frozen tree of typed sections, every key documented where it is defined."""

import ipaddress
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    SecretStr,
    SerializeAsAny,
    ValidationInfo,
    field_validator,
    model_validator,
)

from watchkeeper.adapters.clickhouse.address import clickhouse_address
from watchkeeper.app.settings_budgets import Budgets
from watchkeeper.app.settings_cache import CacheSettings
from watchkeeper.app.settings_coaching import CoachingSettings
from watchkeeper.app.settings_gateway import GatewaySettings, PassthroughSettings
from watchkeeper.app.settings_guards import Guards, check_sides
from watchkeeper.app.settings_ingest import IngestSettings
from watchkeeper.app.settings_monitoring import MonitoringSettings
from watchkeeper.app.settings_notification import NotificationSettings
from watchkeeper.app.settings_oncall import OnCallSettings
from watchkeeper.app.settings_prices import PriceSettings
from watchkeeper.app.settings_references import ModelName, TargetName
from watchkeeper.app.settings_releases import ReleaseSettings
from watchkeeper.app.settings_routes import ComplexitySettings, Routes
from watchkeeper.app.settings_section import Section, known_zone, refused
from watchkeeper.app.settings_targets import Targets, TargetSettings
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.keys.api_key import KEY_PREFIX

__all__ = ["ModelName", "Section", "Settings", "TargetName", "TargetSettings", "is_loopback", "refused"]

SHORTEST_KEY = 16
"""Characters, prefix included; shorter keys can be guessed."""

Key = TypeVar("Key")
Value = TypeVar("Value")


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens on this host.

    >>> is_loopback("127.0.0.1"), is_loopback("localhost"), is_loopback("0.0.0.0")
    (True, True, False)
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _frozen(mapping: Mapping[Key, Value]) -> Mapping[Key, Value]:
    return MappingProxyType(dict(mapping))


class ServerSettings(Section):
    """The server: API and pages."""

    host: str = Field(
        default="127.0.0.1",
        min_length=1,
        description="Address the server listens on; anything but loopback needs `server.keys`.",
    )
    port: int = Field(
        default=8787, ge=0, le=65535, description="Port of API and pages; 0 takes any free one."
    )
    keys: tuple[SecretStr, ...] = Field(
        default=(),
        validate_default=True,
        description="Keys that callers must send; each starts with `wk-`. Empty: no key is asked for.",
    )

    @field_validator("keys")
    @classmethod
    def _keys_are_ours_and_there_when_needed(
        cls, keys: tuple[SecretStr, ...], info: ValidationInfo
    ) -> tuple[SecretStr, ...]:
        for position, key in enumerate(keys, start=1):
            text = key.get_secret_value()
            if not text.startswith(KEY_PREFIX) or len(text) < SHORTEST_KEY:
                raise refused(
                    f"key {position} does not start with `{KEY_PREFIX}` or is shorter than "
                    f"{SHORTEST_KEY} characters",
                    "make one with `echo wk-$(openssl rand -hex 24)`",
                )
        host = info.data.get("host")
        if host is not None and not keys and not is_loopback(host):
            raise refused(
                f"`server.host` is {host!r}, which other machines can reach, and there is no key",
                "add a key to `server.keys`, or set `server.host` to 127.0.0.1",
            )
        return keys


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


class ObservabilitySettings(Section):
    """Guards that a production run insists on (pre-flight checks 2 and 3)."""

    strict: bool = Field(
        default=True, description="Every model call must leave a receipt; also `OBS_STRICT`."
    )
    json_salvage: bool = Field(
        default=False,
        description="Must stay false for production: broken JSON is never mended; also `JSON_SALVAGE`.",
    )


WorkloadSections = Annotated[
    Mapping[str, SerializeAsAny[Section]],
    AfterValidator(_frozen),
    PlainSerializer(dict, return_type=dict[str, SerializeAsAny[Section]]),
]
SectionType = TypeVar("SectionType", bound=Section)


class Settings(Section):
    """Everything that can be set; `watchkeeper.yaml` with `WATCHKEEPER_*` variables over it."""

    timezone: str = Field(default="UTC", description="The zone days and schedules are counted in.")
    server: ServerSettings = Field(default=ServerSettings(), description="The server: API and pages.")
    gateway: GatewaySettings = Field(default=GatewaySettings(), description="Model calls over HTTP.")
    ingest: IngestSettings = Field(
        default=IngestSettings(), description="Telemetry from applications, by OTLP."
    )
    passthrough: PassthroughSettings = Field(
        default=PassthroughSettings(), description="Calls with the client's own provider key."
    )
    postgres: PostgresSettings = Field(default=PostgresSettings(), description="Where state is kept.")
    telemetry: TelemetrySettings = Field(default=TelemetrySettings(), description="The telemetry store.")
    content: ContentSettings = Field(default=ContentSettings(), description="Stored requests and replies.")
    receipts: ReceiptSettings = Field(default=ReceiptSettings(), description="The receipt files.")
    observability: ObservabilitySettings = Field(
        default=ObservabilitySettings(), description="Guards that a production run insists on."
    )
    monitoring: MonitoringSettings = Field(
        default_factory=MonitoringSettings, description="What is watched, and how often."
    )
    coaching: CoachingSettings = Field(
        default_factory=CoachingSettings,
        description="By when which phase of coaching is to be done, and which model is asked for changes.",
    )
    releases: ReleaseSettings = Field(
        default_factory=ReleaseSettings, description="What a release has to prove before it is live."
    )
    notification: NotificationSettings = Field(
        default_factory=NotificationSettings, description="How people are told."
    )
    oncall: OnCallSettings = Field(default_factory=OnCallSettings, description="Who answers.")
    targets: Targets = Field(
        default_factory=lambda: MappingProxyType({}), description="Models that can be called, by name."
    )
    price_table: str = Field(
        default="shipped",
        min_length=1,
        description="Whose prices hold: `shipped`, this release's table; `installed`, that of the installed "
        "genai-prices; else a file as genai-prices publishes it.",
    )
    prices: tuple[PriceSettings, ...] = Field(default=(), description="Prices over the price table's own.")
    guards: Guards = Field(
        default_factory=lambda: MappingProxyType({}), description="Rules over requests and answers, by name."
    )
    budgets: Budgets = Field(default=(), description="What may be spent, a day or a month, and by whom.")
    routes: Routes = Field(
        default_factory=lambda: MappingProxyType({}), description="Targets behind a model name, by that name."
    )
    cache: CacheSettings = Field(
        default=CacheSettings(), description="Answers and embeddings that are given again."
    )
    complexity: ComplexitySettings = Field(
        default_factory=ComplexitySettings, description="How hard tasks are, for routes that tell them apart."
    )
    workloads: WorkloadSections = Field(
        default_factory=lambda: MappingProxyType({}), description="Each workload's own settings, by its id."
    )

    @field_validator("timezone")
    @classmethod
    def _is_a_known_zone(cls, name: str) -> str:
        return known_zone(name)

    @model_validator(mode="after")
    def _channels_are_there(self) -> "Settings":
        named = [
            *(
                (f"oncall.contacts.{person}", name)
                for person, contact in self.oncall.contacts.items()
                for name in contact.channels
            ),
            *((f"rule {rule.name!r}", name) for rule in self.monitoring.rules for name in rule.channels),
        ]
        for where, name in named:
            if name not in self.notification.channels:
                known = ", ".join(self.notification.channels) or "none yet"
                raise refused(
                    f"{where} names channel {name!r}, which there is not",
                    f"use one of `notification.channels` ({known})",
                )
        return self

    @field_validator("routes")
    @classmethod
    def _guards_look_where_they_can(cls, routes: Routes, info: ValidationInfo) -> Routes:
        for name, route in routes.items():
            check_sides(name, route.input_guards, info.data.get("guards", {}))
        return routes

    def workload(self, workload_id: str, kind: type[SectionType]) -> SectionType:
        """A workload's own settings; its defaults when nothing is set.

        Raises:
            TypeError: The settings of that workload are of another type.
        """
        section = self.workloads.get(workload_id)
        if section is None:
            return kind()
        if not isinstance(section, kind):
            raise TypeError(f"settings of {workload_id!r} are {type(section).__name__}, not {kind.__name__}")
        return section
