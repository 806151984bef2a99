"""`/telemetry`: the store itself: what it holds, whether its figures equal its rows, and moving it."""

from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from watchkeeper.app.api.dependencies import ServicesDep, TelemetryDep
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.services import Services
from watchkeeper.app.telemetry_engine import open_other
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.telemetry.append_result import RowKind, Taken
from watchkeeper.telemetry.ports import ParquetFiles, RollupReport, SpanConflict, UnreadableLine
from watchkeeper.telemetry.questions.asked_range import asked_instant
from watchkeeper.telemetry.store_copy import CopyReport, copy_store

router = APIRouter(prefix="/telemetry", tags=["telemetry"])
MOST_TOLD = 100


class RollupsVerified(BaseModel):
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


class CopyBody(RequestModel):
    """Where to move everything, or where from; the server's own store is the other one."""

    model_config = ConfigDict(populate_by_name=True)
    to: str | None = Field(
        default=None, min_length=1, description="clickhouse://user:password@host:8123/database, or embedded"
    )
    source: str | None = Field(default=None, min_length=1, alias="from", description="The same.")


class Copying(BaseModel):
    """How far the copy is that runs."""

    running: bool
    rows: int
    """Read so far, by this copy or the last one of this server's life."""
    spans: int
    """Of the source, of which rows are some; 0 before the first copy."""


class ExportBody(RequestModel):
    """Which rows go where, on the server's machine."""

    folder: Path
    since: str | None = Field(default=None, description="RFC 3339, a day, or relative like -24h")
    until: str | None = None


class ImportBody(RequestModel):
    """Where an export is, on the server's machine."""

    folder: Path


class Exported(BaseModel):
    """What an export wrote."""

    folder: Path
    rows: dict[RowKind, int]


class Imported(BaseModel):
    """What became of the rows of an export."""

    folder: Path
    rows: dict[RowKind, Taken]


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
def verify(telemetry: TelemetryDep) -> RollupsVerified:
    """Compare the figures with the rows, minute by minute; reads every row."""
    report = telemetry.verify_rollups()
    return RollupsVerified(equal=report.equal, report=report)


@router.post("/rebuild")
def rebuild(telemetry: TelemetryDep) -> RollupsVerified:
    """Make the figures anew from the rows, then compare them."""
    telemetry.rebuild_rollups()
    return verify(telemetry)


@router.post("/copy")
def copy(services: ServicesDep, telemetry: TelemetryDep, body: CopyBody) -> CopyReport:
    """Put everything into another store, or from it, and compare; safe to repeat after it broke off."""
    name = body.to or body.source
    if name is None or (body.to and body.source):
        raise InvalidInputError(
            "a copy goes to another store or comes from one", action="name one of `to` and `from`"
        )
    with (
        services.copying.begun(),
        closing(open_other(name, services.settings.telemetry, services.data_dir)) as other,
    ):
        source, target = (telemetry, other) if body.to else (other, telemetry)
        services.copying.spans = source.count()
        return copy_store(source, target, now=services.clock.now(), progress=services.copying.read)


@router.get("/copy")
def copying(services: ServicesDep) -> Copying:
    """How far the copy is that runs."""
    copy_now = services.copying
    return Copying(running=copy_now.running, rows=copy_now.rows, spans=copy_now.spans)


@router.post("/export")
def export(services: ServicesDep, body: ExportBody) -> Exported:
    """Write rows into a new folder as Parquet, whole or not at all."""
    now, zone = services.clock.now(), ZoneInfo(services.settings.timezone)
    since = None if body.since is None else asked_instant(body.since, now=now, zone=zone)
    until = None if body.until is None else asked_instant(body.until, now=now, zone=zone, ends=True)
    rows = _files(services).export_parquet(body.folder.absolute(), since=since, until=until)
    return Exported(folder=body.folder.absolute(), rows=rows)


@router.post("/import")
def take_back(services: ServicesDep, body: ImportBody) -> Imported:
    """Take the rows of an exported folder in; safe to repeat."""
    rows = _files(services).import_parquet(body.folder.absolute(), received_at=services.clock.now())
    return Imported(folder=body.folder.absolute(), rows=rows)


def _files(services: Services) -> ParquetFiles:
    """The engine, if it writes Parquet."""
    if isinstance(services.telemetry, ParquetFiles):
        return services.telemetry
    raise InvalidInputError(
        "only the embedded engine writes and reads Parquet here",
        action="use ClickHouse's own `INTO OUTFILE … FORMAT Parquet`, or a store without `telemetry.url`",
    )
