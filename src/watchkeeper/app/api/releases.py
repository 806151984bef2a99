"""`/releases`: what workloads work with, version by version; promoted, and taken back by one request."""

from collections.abc import Mapping
from datetime import datetime

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from watchkeeper.app.api.dependencies import ServicesDep
from watchkeeper.app.api.giver import giver_of
from watchkeeper.app.api.request_model import RequestModel
from watchkeeper.app.releases import canary_watch
from watchkeeper.app.services import Services
from watchkeeper.domain.errors import InvalidInputError
from watchkeeper.releases.assignment import BUCKETS
from watchkeeper.releases.canary_watch import Look
from watchkeeper.releases.course import Move
from watchkeeper.releases.gate import Finding
from watchkeeper.releases.proof import Proof, ProofVerdict
from watchkeeper.releases.release import Change, Pins, Release, State, changes
from watchkeeper.releases.waiting import waits_for

router = APIRouter(prefix="/releases", tags=["releases"])
_KINDS = tuple(Pins().as_texts())


class ReleaseBody(BaseModel):
    """A release as people are shown it."""

    release_id: str
    workload: str
    state: State
    percent: float
    """Of traffic."""
    pins: dict[str, dict[str, str]]
    parent: str | None
    made_by: str
    made_at: datetime
    note: str | None


class CanaryBody(BaseModel):
    """How a canary stands against the live release."""

    decision: str
    reason: str
    next: str
    """What the watch does at its next look: stay, raise, go live, roll back."""
    calls: int
    findings: tuple[Finding, ...]
    waits_for: tuple[str, ...]
    """What is lacking that will not come by itself, each with what to do about it."""


class ReleaseStory(BaseModel):
    """A release, what was proved of it, every move, and how it stands as a canary."""

    release: ReleaseBody
    canary: CanaryBody | None
    """Null unless it is a canary beside a live release."""
    moves: tuple[Move, ...]
    proofs: tuple[Proof, ...]
    experiments: tuple[str, ...]
    """Those it is or was an arm of, the first started first."""


class Difference(BaseModel):
    """Every pin that differs between two releases."""

    before: str
    after: str
    changes: tuple[Change, ...]


class Chosen(BaseModel):
    """What a subject's calls work with."""

    workload: str
    subject: str
    release_id: str | None
    """Null while no release is live: the workload works with what it ships."""
    pins: dict[str, dict[str, str]] | None
    experiment: str | None
    """The experiment the subject takes part in, if it does, and in which arm."""
    arm: str | None
    headers: dict[str, str]
    """What each of its calls to the gateway is to carry, so that they are found again by all this."""


class Ordered(RequestModel):
    """Somebody orders a move."""

    by: str | None = Field(default=None, min_length=1, max_length=200)
    """Who; needed where no key of ours tells it."""
    reason: str = Field(min_length=1, max_length=1000)


class NewRelease(RequestModel):
    """A candidate to be kept."""

    workload: str = Field(min_length=1, max_length=200)
    pins: dict[str, dict[str, str]]
    by: str | None = Field(default=None, min_length=1, max_length=200)
    note: str | None = Field(default=None, min_length=1, max_length=1000)


class NewProof(RequestModel):
    """What a check came to."""

    check: str = Field(min_length=1, max_length=200)
    verdict: ProofVerdict
    told: str = Field(min_length=1, max_length=1000)
    by: str | None = Field(default=None, min_length=1, max_length=200)


class Promotion(Ordered):
    """A share of traffic for a release, or all of it for a canary."""

    percent: float | None = Field(default=None, gt=0, le=100)
    """Null is the first stage's; 100 is for a canary, and lets it go live."""


class Rollback(Ordered):
    """The way back."""

    workload: str = Field(min_length=1, max_length=200)
    to: str | None = None
    """A release that was live before; null takes a canary back, else returns to the one before."""


@router.get("")
def list_releases(*, services: ServicesDep, workload: str | None = None) -> tuple[ReleaseBody, ...]:
    """Releases, by workload, the last made first."""
    return tuple(_body(services, release) for release in services.releases.store.of(workload))


@router.post("")
def make(*, body: NewRelease, services: ServicesDep, request: Request) -> ReleaseBody:
    """Keep a candidate; pins that are known name the release that has them."""
    giver = giver_of(request, body.by)
    made = services.releases.make(body.workload, pins_of(body.pins), by=giver.name, note=body.note)
    return _body(services, made)


@router.get("/chosen")
def chosen(*, services: ServicesDep, workload: str, subject: str) -> Chosen:
    """What a subject's calls work with: the same as long as shares do not shrink and an experiment runs."""
    found = services.experiments.choose(workload, subject)
    release = found.release
    told = {
        "workload": workload,
        "release": None if release is None else release.release_id,
        "experiment": found.experiment,
        "arm": found.arm,
        "subject": subject,
    }
    return Chosen(
        workload=workload,
        subject=subject,
        release_id=None if release is None else release.release_id,
        pins=None if release is None else release.pins.as_texts(),
        experiment=found.experiment,
        arm=found.arm,
        headers={f"x-watchkeeper-{name}": value for name, value in told.items() if value is not None},
    )


@router.post("/rollback")
def roll_back(*, body: Rollback, services: ServicesDep, request: Request) -> ReleaseBody:
    """Return a workload to an earlier release at once; answers with what is live afterwards."""
    giver = giver_of(request, body.by)
    live = services.releases.roll_back(body.workload, by=giver.name, reason=body.reason, to=body.to)
    return _body(services, live)


@router.get("/{release_id}")
def show(*, release_id: str, services: ServicesDep) -> ReleaseStory:
    """A release with its story."""
    release = services.releases.known(release_id)
    look = canary_watch(services).look(release.workload) if release.state == "canary" else None
    return ReleaseStory(
        release=_body(services, release),
        canary=None if look is None else _canary(look, evaluation=services.settings.releases.gate.evaluation),
        moves=services.releases.store.moves(release_id=release_id),
        proofs=services.releases.store.proofs(release_id),
        experiments=tuple(
            one.name
            for one in services.experiments.store.of(release.workload)
            if any(arm.release_id == release_id for arm in one.arms)
        ),
    )


@router.get("/{release_id}/diff")
def diff(*, release_id: str, services: ServicesDep, against: str | None = None) -> Difference:
    """What a release changes, against another one or the live one of its workload."""
    release = services.releases.known(release_id)
    if against is None:
        live = services.releases.standing(release.workload).live
        if live is None:
            raise InvalidInputError(
                f"{release.workload} has no live release to compare with", action="name another release"
            )
        before = live
    else:
        before = services.releases.known(against)
    return Difference(before=before.release_id, after=release_id, changes=changes(before.pins, release.pins))


@router.post("/{release_id}/proofs")
def prove(*, release_id: str, body: NewProof, services: ServicesDep, request: Request) -> Proof:
    """Keep what a check of a release came to."""
    giver = giver_of(request, body.by)
    return services.releases.prove(release_id, body.check, body.verdict, told=body.told, by=giver.name)


@router.post("/{release_id}/promote")
def promote(*, release_id: str, body: Promotion, services: ServicesDep, request: Request) -> ReleaseBody:
    """Give a release traffic whose canaries have passed; the first of a workload gets all of it."""
    by = giver_of(request, body.by).name
    desk = services.releases
    if body.percent == 100:
        return _body(services, desk.go_live(release_id, by=by, reason=body.reason))
    first = services.settings.releases.as_stages()[0].share
    share = first if body.percent is None else max(1, round(body.percent * BUCKETS / 100))
    return _body(services, desk.promote(release_id, by=by, reason=body.reason, share=share))


@router.post("/{release_id}/reopen")
def reopen(*, release_id: str, body: Ordered, services: ServicesDep, request: Request) -> ReleaseBody:
    """Make a release that was taken back a candidate again; its canaries run anew."""
    giver = giver_of(request, body.by)
    return _body(services, services.releases.reopen(release_id, by=giver.name, reason=body.reason))


def pins_of(kinds: Mapping[str, Mapping[str, str]]) -> Pins:
    """The pins somebody gives, by kind and name.

    Raises:
        InvalidInputError: There is no such kind.
    """
    strange = sorted(set(kinds) - set(_KINDS))
    if strange:
        raise InvalidInputError(
            f"a release pins no {strange[0]!r}", action=f"pin one of: {', '.join(_KINDS)}"
        )
    return Pins.of_texts(kinds)


def _share(services: Services, release: Release) -> int:
    """What a release has of the traffic: a live one what its canary leaves."""
    canary = services.releases.standing(release.workload).canary if release.state == "live" else None
    return release.share - (0 if canary is None else canary.share)


def _body(services: Services, release: Release) -> ReleaseBody:
    return ReleaseBody(
        release_id=release.release_id,
        workload=release.workload,
        state=release.state,
        percent=_share(services, release) * 100 / BUCKETS,
        pins=release.pins.as_texts(),
        parent=release.parent,
        made_by=release.made_by,
        made_at=release.made_at,
        note=release.note,
    )


def _canary(look: Look, *, evaluation: str) -> CanaryBody:
    return CanaryBody(
        decision=look.verdict.decision,
        reason=look.verdict.reason,
        next=look.step.kind,
        calls=look.verdict.calls,
        findings=look.verdict.findings,
        waits_for=waits_for(look.release, look.verdict, evaluation=evaluation),
    )
