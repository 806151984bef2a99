"""`/oncall`: who answers now and next, who stands in, and who was paged when."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.mutes import LONGEST_S, aware, end_of
from watchkeeper.app.api.notifications import LetterBody, letter_body
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.monitoring.telling import on_call
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.monitoring.oncall.rotation import Duty, Override, Role, duty_at, next_duty

router = APIRouter(prefix="/oncall", tags=["on call"])
PAGED_WITHIN = timedelta(hours=24)


class StepBody(BaseModel):
    """Who is paged after how long, if nobody takes an alert on."""

    to: str
    person: str | None
    """Who that is now; null: nobody."""
    after_s: float
    reached: bool
    """Whether that person has a channel."""


class OnCallBody(BaseModel):
    """Who answers; null where nobody takes turns."""

    at: datetime
    now: Duty | None
    next: Duty | None
    severities: tuple[str, ...]
    """What people are paged for."""
    steps: tuple[StepBody, ...]
    overrides: tuple[Override, ...]
    """Those that hold or are to come."""
    paged: tuple[LetterBody, ...]
    """Who was told over a channel of their own in the last 24 hours, the newest first."""


class NewOverride(RequestModel):
    """Who stands in, from when until when."""

    person: str = Field(min_length=1, max_length=200)
    role: Role = "primary"
    begins_at: datetime | None = None
    """Null: now."""
    until: datetime | None = None
    for_s: float | None = Field(default=None, gt=0, le=LONGEST_S)
    """In place of `until`."""
    reason: str = Field(min_length=1, max_length=1000)
    by: str | None = Field(default=None, min_length=1, max_length=200)
    """Who says so; needed where no key of ours tells it."""


@router.get("")
def show_oncall(services: ServicesDep, at: datetime | None = None) -> OnCallBody:
    """Who answers, now or at an instant."""
    instant = services.clock.now() if at is None else aware(at, "at")
    calling = on_call(services.settings)
    overrides = services.overrides.not_over(instant)
    rotation = calling.rotation
    steps = []
    for step in calling.steps if rotation is not None else ():
        person = calling.person(step.to, instant, overrides)
        reached = person is not None and bool(calling.contacts.get(person))
        steps.append(StepBody(to=step.to, person=person, after_s=step.after_s, reached=reached))
    letters = services.outbox.since(instant - PAGED_WITHIN)
    return OnCallBody(
        at=instant,
        now=None if rotation is None else duty_at(rotation, instant, overrides),
        next=None if rotation is None else next_duty(rotation, instant, overrides),
        severities=tuple(sorted(calling.severities)),
        steps=tuple(steps),
        overrides=overrides,
        paged=tuple(letter_body(one) for one in letters if one.recipient in calling.contacts),
    )


@router.post("/overrides", status_code=201)
def add_override(services: ServicesDep, body: NewOverride, request: Request) -> Override:
    """Have somebody stand in; of several at once the one made last holds."""
    calling = on_call(services.settings)
    if body.person not in calling.contacts:
        known = ", ".join(sorted(calling.contacts)) or "none yet"
        raise InvalidInputError(
            f"{body.person!r} cannot be reached", action=f"use one of `oncall.contacts` ({known})"
        )
    if calling.rotation is None:
        raise InvalidInputError("nobody takes turns", action="set `oncall.people`")
    now = services.clock.now()
    begins_at = now if body.begins_at is None else aware(body.begins_at, "begins_at")
    override = Override(
        override_id=services.ids.span_id(),
        role=body.role,
        person=body.person,
        begins_at=begins_at,
        until=end_of(begins_at, body.until, body.for_s),
        by=giver_of(request, body.by).name,
        reason=body.reason,
        created_at=now,
    )
    services.overrides.keep(override)
    return override
