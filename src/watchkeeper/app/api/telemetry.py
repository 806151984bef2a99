"""`/telemetry`: the store itself: what it holds, whether its figures equal its rows, and moving it."""

from contextlib import closing

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.app.api.dependencies import ServicesDep, TelemetryDep
from watchkeeper.app.telemetry_engine import open_clickhouse
from watchkeeper.telemetry.ports import RollupReport, SpanConflict, UnreadableLine
from watchkeeper.telemetry.store_copy import CopyReport, copy_store

router = APIRouter(prefix="/telemetry", tags=["telemetry"])
MOST_TOLD = 100


class Verified(BaseModel):
    """Whether the figures equal the rows they were added up from."""

    equal: bool
    report: RollupReport


class Held(BaseModel):
    """What the store holds, and what it did not take."""

    spans: int
    conflicts: int
    """Spans kept aside because another holds their key: the first stayed."""
    unreadable_lines: int
    newest_conflicts: tuple[SpanConflict, ...]
    first_unreadable: tuple[UnreadableLine, ...]


class CopyBody(BaseModel):
    """Where to move everything."""

    model_config = ConfigDict(extra="forbid")
    to: str = Field(min_length=1, description="clickhouse://user:password@host:8123/database")


@router.get("")
def held(telemetry: TelemetryDep) -> Held:
    """What the store holds, and what it did not take and why."""
    return Held(
        spans=telemetry.count(),
        conflicts=telemetry.conflict_count(),
        unreadable_lines=telemetry.unreadable_count(),
        newest_conflicts=telemetry.conflicts(MOST_TOLD),
        first_unreadable=telemetry.unreadable(MOST_TOLD),
    )


@router.get("/verify")
def verify(telemetry: TelemetryDep) -> Verified:
    """Compare the figures with the rows, minute by minute; reads every row."""
    report = telemetry.verify_rollups()
    return Verified(equal=report.equal, report=report)


@router.post("/rebuild")
def rebuild(telemetry: TelemetryDep) -> Verified:
    """Make the figures anew from the rows, then compare them."""
    telemetry.rebuild_rollups()
    return verify(telemetry)


@router.post("/copy")
def copy(services: ServicesDep, telemetry: TelemetryDep, body: CopyBody) -> CopyReport:
    """Put everything into another store and compare; safe to repeat after it broke off."""
    with closing(open_clickhouse(body.to)) as target:
        return copy_store(telemetry, target, now=services.clock.now())
