"""What query parameters of telemetry's resources say: when, in which zone, and which calls."""

from dataclasses import fields
from zoneinfo import ZoneInfo

from pydantic import Field

from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.services import Services
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.domain.time_length import length_s
from watchkeeper.domain.time_range import TimeRange
from watchkeeper.telemetry.figures import Dimension, check_dimensions
from watchkeeper.telemetry.questions.asked_range import asked_range, asked_zone
from watchkeeper.telemetry.span_filter import SpanFilter


class AskedTime(RequestModel):
    """When; a parameter that is not known is refused, for a misspelled filter would answer for everything."""

    since: str | None = Field(
        default=None,
        description="Where it begins: 2026-11-28T09:00:00Z, 2026-11-28, 2026-11, today, yesterday, -24h.",
    )
    until: str | None = Field(
        default=None,
        description="Where it ends; a day or month named here is inside, whole. Now if not given.",
    )
    timezone: str | None = Field(
        default=None, description="Whose days are meant; the settings' `timezone` if not given."
    )

    def zone(self, services: Services) -> ZoneInfo:
        """The zone meant."""
        return asked_zone(self.timezone, services.settings.timezone)

    def during(self, services: Services, *, default_since: str = "-24h") -> TimeRange:
        """The stretch of time meant."""
        return asked_range(
            self.since,
            self.until,
            now=services.clock.now(),
            zone=self.zone(services),
            default_since=default_since,
        )


class AskedCalls(AskedTime):
    """Which calls, and when."""

    workload: str | None = None
    run_id: str | None = None
    item_id: str | None = None
    agent: str | None = None
    operation: str | None = None
    provider: str | None = None
    model: str | None = None
    route: str | None = None
    target: str | None = None
    release: str | None = None
    experiment: str | None = None
    arm: str | None = None
    component: str | None = None
    conversation_id: str | None = None
    query_type: str | None = None
    trace_id: str | None = None
    error_code: str | None = None
    ok: bool | None = Field(default=None, description="Only those that went well, or only those that failed.")
    cached: bool | None = None
    degraded: bool | None = None
    min_duration_ms: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    model_operations_only: bool = Field(default=False, description="Only operations that ask a model.")
    gateway_only: bool = Field(default=False, description="Only calls that went through the gateway.")
    counted_only: bool = Field(
        default=False, description="Only those that count tokens and cost: each model call once."
    )

    def which(self) -> SpanFilter:
        """The calls meant, whenever they were."""
        names = {one.name for one in fields(SpanFilter)} & set(AskedCalls.model_fields)
        return SpanFilter(**{name: getattr(self, name) for name in names})


def asked_dimensions(text: str | None) -> tuple[Dimension, ...]:
    """What to tell apart, written with commas; each once.

    Raises:
        InvalidInputError: A name is no dimension; the message names them all.
    """
    names = tuple(dict.fromkeys(part.strip() for part in (text or "").split(",") if part.strip()))
    check_dimensions(names)
    return names  # type: ignore[return-value]  # just checked


_STEPS_S = {"second": 1.0, "minute": 60.0, "hour": 3_600.0, "day": 86_400.0}


def asked_seconds(text: str | None) -> int | None:
    """A length of time as `minute`, `90`, `30s`, `5m` or `1h`, in whole seconds.

    Raises:
        InvalidInputError: It is none.
    """
    if text is None:
        return None
    found = _STEPS_S.get(text) or length_s(f"{text}s" if text.isdecimal() else text)
    if not found or not found.is_integer():
        raise InvalidInputError(
            f"{text!r:.40} is no length of a step", action="write it as minute, 30s, 5m or 1h"
        )
    return int(found)
