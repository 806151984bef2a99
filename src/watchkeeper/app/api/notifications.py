"""`/notifications`: what was told, to whom, when and with what result; and how channels go."""

from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.domain.errors import NotFoundError
from watchkeeper.domain.severity import Level, Severity
from watchkeeper.monitoring.notification.letter import Colour, Letter, LetterState, Why

router = APIRouter(prefix="/notifications", tags=["notifications"])
LONGEST_HISTORY_HOURS = 24.0 * 366


class LetterBody(BaseModel):
    """Something told to somebody."""

    key: str
    channel: str
    recipient: str
    why: Why
    workload: str
    severity: Severity
    level: Level
    colour: Colour
    alert_ids: tuple[str, ...]
    subject: str
    body: str
    created_at: datetime
    state: LetterState
    attempts: int
    tried_at: datetime | None
    again_at: datetime | None
    """When it is tried next; null once it is delivered or given up."""
    delivered_at: datetime | None
    problem: str | None


class ChannelBody(BaseModel):
    """A channel, and how sending over it goes; its address is told nowhere."""

    channel: str
    kind: str
    """The scheme of its address, such as `slack`."""
    failing: int
    """Attempts in a row that failed."""
    waiting: int
    problem: str | None
    delivered_at: datetime | None


class Trial(RequestModel):
    """A letter to try a channel."""

    channel: str = Field(min_length=1, max_length=200)
    by: str | None = Field(default=None, min_length=1, max_length=200)


@router.get("")
def list_letters(
    services: ServicesDep, hours: float = 24.0, channel: str | None = None, alert_id: str | None = None
) -> tuple[LetterBody, ...]:
    """What was told in the last hours, and what still waits; the newest first."""
    since = services.clock.now() - timedelta(hours=min(max(hours, 0.0), LONGEST_HISTORY_HOURS))
    return tuple(
        letter_body(letter)
        for letter in services.outbox.since(since)
        if channel in {None, letter.channel} and (alert_id is None or alert_id in letter.alert_ids)
    )


@router.get("/channels")
def list_channels(services: ServicesDep) -> tuple[ChannelBody, ...]:
    """The channels of the settings."""
    standings = {one.channel: one for one in services.outbox.channels()}
    found = []
    for name, channel in services.settings.notification.channels.items():
        one = standings.get(name)
        found.append(
            ChannelBody(
                channel=name,
                kind=channel.url.get_secret_value().partition("://")[0],
                failing=0 if one is None else one.failing,
                waiting=0 if one is None else one.waiting,
                problem=None if one is None else one.problem,
                delivered_at=None if one is None else one.delivered_at,
            )
        )
    return tuple(found)


@router.post("/test", status_code=201)
def send_trial(services: ServicesDep, body: Trial, request: Request) -> LetterBody:
    """Send a letter over a channel, to see whether it arrives."""
    if body.channel not in services.settings.notification.channels:
        known = ", ".join(services.settings.notification.channels) or "none yet"
        raise NotFoundError(
            f"there is no channel {body.channel!r}", action=f"use one of `notification.channels` ({known})"
        )
    now, giver = services.clock.now(), giver_of(request, body.by)
    letter = Letter(
        key=services.ids.trace_id(),
        channel=body.channel,
        recipient=body.channel,
        why="test",
        workload="watchkeeper",
        severity="P4",
        level="INFO",
        alert_ids=(),
        subject=f"Watchkeeper tries channel {body.channel}",
        body=f"{giver.name} asked for this letter; nothing is wrong.",
        created_at=now,
        due_at=now,
    )
    services.outbox.put([letter])
    return letter_body(letter)


def letter_body(letter: Letter) -> LetterBody:
    """A letter as people are shown it."""
    return LetterBody(
        key=letter.key,
        channel=letter.channel,
        recipient=letter.recipient,
        why=letter.why,
        workload=letter.workload,
        severity=letter.severity,
        level=letter.level,
        colour=letter.colour,
        alert_ids=letter.alert_ids,
        subject=letter.subject,
        body=letter.body,
        created_at=letter.created_at,
        state=letter.state,
        attempts=letter.attempts,
        tried_at=letter.tried_at,
        again_at=letter.due_at if letter.state == "waiting" else None,
        delivered_at=letter.delivered_at,
        problem=letter.problem,
    )
