"""The one state machine of releases: which move may follow which, and what each move keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from watchkeeper.domain.errors import ConflictError
from watchkeeper.releases.release import Release, State

NEXT: Mapping[State, frozenset[State]] = {
    "candidate": frozenset({"canary", "live", "retired"}),
    "canary": frozenset({"canary", "live", "rolled back"}),
    "live": frozenset({"retired", "rolled back"}),
    "retired": frozenset({"live"}),
    "rolled back": frozenset({"candidate", "live"}),
}
"""A canary that moves to canary gets another share. A retired or rolled back release comes back as a
whole: it was live once, or a person says why. The first release of a workload goes live without a canary:
there is nothing to compare it with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One step of a release; never changed once it is kept."""

    release_id: str
    workload: str
    before: State | None
    """None when it is made."""
    after: State
    share: int
    """Of traffic afterwards, in ten-thousandths."""
    by: str
    reason: str
    at: datetime


def _way_on(release: Release) -> str:
    possible = sorted(NEXT[release.state])
    if "candidate" in possible:
        return f"`wk release reopen {release.release_id}` makes it a candidate again, whose canaries run anew"
    return f"from there it can become: {', '.join(possible) or 'nothing'}"


def move(release: Release, after: State, *, share: int, by: str, reason: str, at: datetime) -> Move:
    """The move of a release to another state.

    Raises:
        ConflictError: The state does not follow on its own.
    """
    if after not in NEXT[release.state]:
        raise ConflictError(
            f"release {release.release_id} is {release.state} and cannot become {after}",
            action=_way_on(release),
        )
    return Move(
        release_id=release.release_id,
        workload=release.workload,
        before=release.state,
        after=after,
        share=share,
        by=by,
        reason=reason,
        at=at,
    )
