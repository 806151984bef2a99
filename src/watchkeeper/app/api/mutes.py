"""`/silences` and `/maintenance`: times in which nobody is told of some alerts."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.monitoring.telling import recurring_maintenance
from watchkeeper.domain.errors import InvalidInputError, NotFoundError
from watchkeeper.monitoring.alerts.matcher import Matcher
from watchkeeper.monitoring.alerts.mute import Mute, MuteKind
from watchkeeper.monitoring.alerts.recurring import WEEKDAYS, RecurringMaintenance

router = APIRouter(tags=["silences"])
MOST_LISTED = 1000
LONGEST_S = 366 * 86_400.0


class MuteBody(BaseModel):
    """A silence or a maintenance window."""

    id: str
    kind: MuteKind
    state: Literal["planned", "active", "over"]
    match: dict[str, str]
    begins_at: datetime
    until: datetime
    reason: str
    by: str
    created_at: datetime
    ended_at: datetime | None
    ended_by: str | None


class RecurringBody(BaseModel):
    """Maintenance that comes again, as the settings have it."""

    name: str
    workload: str
    days: tuple[str, ...]
    begins: str
    ends: str
    timezone: str
    told: str
    """The four as a person reads them."""
    reason: str
    state: Literal["planned", "active"]
    begins_at: datetime
    """The window that holds now, or else the next one."""
    until: datetime


class NewMute(RequestModel):
    """What is to be silent, from when until when."""

    begins_at: datetime | None = None
    """Null: now."""
    until: datetime | None = None
    for_s: float | None = Field(default=None, gt=0, le=LONGEST_S)
    """In place of `until`."""
    reason: str = Field(min_length=1, max_length=1000)
    by: str | None = Field(default=None, min_length=1, max_length=200)
    """Who; needed where no key of ours tells it."""


class NewSilence(NewMute):
    """A silence of the alerts that fit all patterns."""

    match: dict[str, str] = Field(min_length=1)


class NewMaintenance(NewMute):
    """Planned work on a workload."""

    workload: str = Field(min_length=1, max_length=200)
    """`*` is every one."""


class Ending(RequestModel):
    """Who ends it."""

    by: str | None = Field(default=None, min_length=1, max_length=200)


Limit = Annotated[int, Query(ge=1, le=MOST_LISTED)]


@router.get("/silences")
def list_silences(services: ServicesDep, limit: Limit = 100) -> tuple[MuteBody, ...]:
    """The last silences, newest first; those that are over as well."""
    return _listed(services, "silence", limit)


@router.post("/silences", status_code=201)
def add_silence(services: ServicesDep, body: NewSilence, request: Request) -> MuteBody:
    """Tell nobody of some alerts for a time; they are recorded all the same."""
    return _added(services, body, request, kind="silence", matcher=Matcher(body.match))


@router.post("/silences/{mute_id}/end")
def end_silence(services: ServicesDep, mute_id: str, body: Ending, request: Request) -> MuteBody:
    """End a silence early."""
    return _ended(services, body, request, kind="silence", mute_id=mute_id)


@router.get("/maintenance")
def list_maintenance(services: ServicesDep, limit: Limit = 100) -> tuple[MuteBody, ...]:
    """The last maintenance windows, newest first; those that are over as well."""
    return _listed(services, "maintenance", limit)


@router.get("/maintenance/recurring")
def list_recurring(services: ServicesDep) -> tuple[RecurringBody, ...]:
    """Maintenance that comes again, by `monitoring.maintenance`, each with its present or next window."""
    now = services.clock.now()
    return tuple(_recurring(one, now) for one in recurring_maintenance(services.settings))


@router.post("/maintenance", status_code=201)
def plan_maintenance(services: ServicesDep, body: NewMaintenance, request: Request) -> MuteBody:
    """Plan work on a workload: in that time its alerts are recorded, and nobody is told."""
    return _added(services, body, request, kind="maintenance", matcher=Matcher({"workload": body.workload}))


@router.post("/maintenance/{mute_id}/end")
def end_maintenance(services: ServicesDep, mute_id: str, body: Ending, request: Request) -> MuteBody:
    """End a maintenance window early."""
    return _ended(services, body, request, kind="maintenance", mute_id=mute_id)


def aware(instant: datetime, what: str) -> datetime:
    """An instant that says its offset.

    Raises:
        InvalidInputError: It does not.
    """
    if instant.tzinfo is None:
        raise InvalidInputError(
            f"{what} {instant.isoformat()} says no offset", action="write it with one, such as +01:00 or Z"
        )
    return instant


def end_of(begins_at: datetime, until: datetime | None, for_s: float | None) -> datetime:
    """The end of what is asked for.

    Raises:
        InvalidInputError: Neither or both are given.
    """
    if (until is None) == (for_s is None):
        raise InvalidInputError(
            "how long it lasts is to be said once",
            action="give either an end (`until`, `--until`) or a length (`for_s`, `--for`)",
        )
    return aware(until, "until") if until is not None else begins_at + timedelta(seconds=for_s or 0)


def _listed(services: ServicesDep, kind: MuteKind, limit: int) -> tuple[MuteBody, ...]:
    now = services.clock.now()
    return tuple(_body(mute, now) for mute in services.mutes.newest(kind, limit))


def _added(
    services: ServicesDep, body: NewMute, request: Request, *, kind: MuteKind, matcher: Matcher
) -> MuteBody:
    now = services.clock.now()
    begins_at = now if body.begins_at is None else aware(body.begins_at, "begins_at")
    until = end_of(begins_at, body.until, body.for_s)
    if until <= now:
        raise InvalidInputError(
            f"a {kind} until {until.isoformat()} is over already", action="name a time to come"
        )
    mute = Mute(
        mute_id=services.ids.span_id(),
        kind=kind,
        matcher=matcher,
        begins_at=begins_at,
        until=until,
        reason=body.reason,
        by=giver_of(request, body.by).name,
        created_at=now,
    )
    services.mutes.keep(mute)
    return _body(mute, now)


def _ended(
    services: ServicesDep, body: Ending, request: Request, *, kind: MuteKind, mute_id: str
) -> MuteBody:
    now = services.clock.now()
    mute = services.mutes.get(mute_id)
    if mute is None or mute.kind != kind:
        command = "silences" if kind == "silence" else "maintenance"
        raise NotFoundError(
            f"there is no {kind} {mute_id[:60]!r}", action=f"list them with `wk {command} list`"
        )
    ended = mute.ended(now, giver_of(request, body.by).name)
    services.mutes.keep(ended)
    return _body(ended, now)


def _recurring(one: RecurringMaintenance, now: datetime) -> RecurringBody:
    window = one.next(now)
    return RecurringBody(
        name=one.name,
        workload=one.workload,
        days=tuple(day for number, day in enumerate(WEEKDAYS) if number in one.days),
        begins=f"{one.begins:%H:%M}",
        ends=f"{one.ends:%H:%M}",
        timezone=one.zone.key,
        told=one.told,
        reason=one.reason,
        state="active" if window.holds(now) else "planned",
        begins_at=window.begins_at,
        until=window.until,
    )


def _body(mute: Mute, now: datetime) -> MuteBody:
    return MuteBody(
        id=mute.mute_id,
        kind=mute.kind,
        state=mute.state(now),
        match=dict(mute.matcher.patterns),
        begins_at=mute.begins_at,
        until=mute.until,
        reason=mute.reason,
        by=mute.by,
        created_at=mute.created_at,
        ended_at=mute.ended_at,
        ended_by=mute.ended_by,
    )
