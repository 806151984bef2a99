"""Settings: one frozen tree of typed sections, every key documented where it is defined."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    Field,
    PlainSerializer,
    SerializeAsAny,
    ValidationInfo,
    field_validator,
    model_validator,
)

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
from watchkeeper.app.settings_server import ServerSettings
from watchkeeper.app.settings_stores import (
    ContentSettings,
    PostgresSettings,
    ReceiptSettings,
    TelemetrySettings,
)
from watchkeeper.app.settings_targets import Targets, TargetSettings

__all__ = ["ModelName", "Section", "Settings", "TargetName", "TargetSettings", "refused"]

Key = TypeVar("Key")
Value = TypeVar("Value")


def _frozen(mapping: Mapping[Key, Value]) -> Mapping[Key, Value]:
    return MappingProxyType(dict(mapping))


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
