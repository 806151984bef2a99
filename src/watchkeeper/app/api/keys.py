"""`/keys`: the keys of ours, by name and never in clear; operators make and revoke them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.gateway.keys.api_key import ApiKey, KeyAct, KeyRole
from watchkeeper.gateway.keys.desk import KeyWanted

router = APIRouter(prefix="/keys", tags=["keys"])
_LONGEST_LIFE_S = 100 * 366 * 86_400


class KeyBody(RequestModel):
    """A key that somebody asks for."""

    name: str = Field(min_length=1, max_length=200)
    """Whom or what it is for."""
    role: KeyRole = KeyRole.CALLER
    workload: str | None = Field(default=None, min_length=1, max_length=200)
    """The one workload its calls belong to."""
    requests_per_minute: int | None = Field(default=None, ge=1, le=2**31 - 1)
    tokens_per_minute: int | None = Field(default=None, ge=1, le=2**31 - 1)
    expires_at: datetime | None = None
    """With its zone; at most one of this and `expires_in_s`."""
    expires_in_s: float | None = Field(default=None, gt=0, le=_LONGEST_LIFE_S)
    by: str | None = Field(default=None, min_length=1, max_length=200)
    """Who makes it; needed where no key of ours tells it."""


class RevokeBody(RequestModel):
    """A key that is to be good no more."""

    by: str | None = Field(default=None, min_length=1, max_length=200)
    reason: str | None = Field(default=None, min_length=1, max_length=1000)


class KeyRow(BaseModel):
    """A key as it may be shown."""

    key_id: str
    name: str
    role: KeyRole
    state: str
    """`active`, `expired` or `revoked`."""
    hint: str
    """The key's last characters."""
    workload: str | None
    requests_per_minute: int | None
    tokens_per_minute: int | None
    expires_at: datetime | None
    created_at: datetime
    created_by: str
    revoked_at: datetime | None
    revoked_by: str | None
    revoke_reason: str | None


class MadeKeyRow(KeyRow):
    """A key just made, with the key itself: this once, and never again."""

    key: str


@router.get("")
def list_keys(services: ServicesDep) -> tuple[KeyRow, ...]:
    """Every key there ever was, by creation; those of the settings are not among them."""
    now = services.clock.now()
    return tuple(_row(key, now) for key in services.keys.listing())


@router.get("/audit")
def audit(services: ServicesDep) -> Sequence[KeyAct]:
    """Who made and revoked which key, oldest first."""
    return services.keys.audit()


@router.post("", status_code=201)
def create_key(services: ServicesDep, body: KeyBody, request: Request) -> MadeKeyRow:
    """Make a key; the reply is the only place where it can ever be read."""
    now = services.clock.now()
    wanted = KeyWanted(
        name=body.name,
        role=body.role,
        workload=body.workload,
        requests_per_minute=body.requests_per_minute,
        tokens_per_minute=body.tokens_per_minute,
        expires_at=_expiry(body, now),
    )
    made = services.keys.create(wanted, by=giver_of(request, body.by).name)
    services.key_refresh.turn()
    return MadeKeyRow(key=made.secret, **_row(made.key, now).model_dump())


@router.post("/{key_id}/revoke")
def revoke_key(services: ServicesDep, key_id: str, body: RevokeBody, request: Request) -> KeyRow:
    """Revoke a key for ever; gateways that reach the state refuse it within two seconds."""
    revoked = services.keys.revoke(key_id, by=giver_of(request, body.by).name, reason=body.reason)
    services.key_refresh.turn()
    return _row(revoked, services.clock.now())


def _expiry(body: KeyBody, now: datetime) -> datetime | None:
    if body.expires_in_s is not None:
        if body.expires_at is not None:
            raise InvalidInputError(
                "both `expires_at` and `expires_in_s` are given", action="give one of them"
            )
        return now + timedelta(seconds=body.expires_in_s)
    if body.expires_at is not None and body.expires_at.tzinfo is None:
        raise InvalidInputError(f"{body.expires_at} names no zone", action="write it as 2026-12-31T00:00:00Z")
    return body.expires_at


def _row(key: ApiKey, now: datetime) -> KeyRow:
    columns = {name: getattr(key, name) for name in KeyRow.model_fields if name != "state"}
    return KeyRow(state=key.state(now), **columns)
